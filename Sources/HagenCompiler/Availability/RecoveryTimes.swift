package import Hagen

/// How long, at most, a cluster does not serve after the loss of one of its parts, as its settings have it.
///
/// The milliseconds that exchanges between hosts take come on top, and what nobody declared: a start whose time is
/// unknown counts as nothing here, and `startIsUnknown` says so.
package struct RecoveryTimes: Equatable, Sendable {
    /// Nobody can take over: the cluster is back when its part is.
    package let nobodyTakesOver: Bool
    /// A workload that ends is started again where it is before anybody takes over.
    package let restartsInPlace: Bool
    /// From the start of a workload, or its promotion, until it serves; zero where it is unknown or runs already.
    package let start: Duration
    /// A workload has to start or to be promoted, and nobody said how long that takes.
    package let startIsUnknown: Bool
    /// The host of the active member is lost, or its agent; `nil` where nobody takes over.
    package let afterHostLoss: [Step]?
    /// The workload of the active member ends by itself; `nil` where nobody takes over and nothing restarts it.
    package let afterWorkloadEnd: [Step]?
    /// The workload of the active member hangs; `nil` as above, and without a check that would notice.
    package let afterWorkloadHang: [Step]?
    /// The active member is moved on purpose; `nil` where nobody takes over.
    package let switchover: Duration?

    /// One part of the time until somebody serves again; they follow upon each other.
    package struct Step: Equatable, Sendable {
        package enum Wait: Equatable, Sendable {
            case lease, check
            /// The workload that was there already is started again, or the next member starts its own.
            case start
        }
        package let wait: Wait
        package let duration: Duration
    }

    package var hostLoss: Duration? { afterHostLoss.map(Self.total) }
    package var workloadEnd: Duration? { afterWorkloadEnd.map(Self.total) }
    package var workloadHang: Duration? { afterWorkloadHang.map(Self.total) }

    /// The longest of an outage that is no switchover; `nil` where nobody takes over.
    package var longest: Duration? { longestSteps.map(Self.total) }

    /// What the longest of an outage is made of; `nil` where nobody takes over.
    package var longestSteps: [Step]? {
        guard !nobodyTakesOver else { return nil }
        return [afterHostLoss, afterWorkloadEnd, afterWorkloadHang].compactMap(\.self)
            .max { Self.total($0) < Self.total($1) }
    }

    private static func total(_ steps: [Step]) -> Duration { steps.reduce(.zero) { $0 + $1.duration } }
}

extension Model.Cluster {
    /// `nil` for a cluster without an active member that others could take over from.
    package var recoveryTimes: RecoveryTimes? {
        guard kind == .activePassive, let lease = leaseTiming else { return nil }
        let (start, isUnknown) = startAfterTakeover
        let hasOthers = candidateHosts.count > 1
        func steps(_ noticed: RecoveryTimes.Step?, start: Duration) -> [RecoveryTimes.Step] {
            [noticed, .init(wait: .start, duration: start)].compactMap(\.self).filter { $0.duration > .zero }
        }
        let restart = restarts.limit > 0 ? (startOfProcess ?? .zero) : start
        let comesBack = hasOthers || restarts.limit > 0
        let noticed = RecoveryTimes.Step(wait: .lease, duration: WorstCaseTimes.takeover(lease))
        return RecoveryTimes(
            nobodyTakesOver: !hasOthers, restartsInPlace: restarts.limit > 0, start: start, startIsUnknown: isUnknown,
            afterHostLoss: hasOthers ? steps(noticed, start: start) : nil,
            afterWorkloadEnd: comesBack ? steps(nil, start: restart) : nil,
            afterWorkloadHang: comesBack
                ? detectionOfHang.map { steps(.init(wait: .check, duration: $0), start: restart) } : nil,
            switchover: hasOthers ? stopTime + start : nil)
    }

    /// The hosts whose member may become active, the preferred one first.
    package var candidateHosts: [String] {
        var seen: Set<String> = []
        return membersInOrder.filter(\.candidate).map(\.host).filter { seen.insert($0).inserted }
    }

    /// `nil` without a check, and for one out of its ranges, which is a rule's finding.
    private var detectionOfHang: Duration? {
        guard let check = failover.check?.configuration, Model.Check.counts.contains(check.fall),
            Model.Check.intervals.contains(check.every), check.timeout <= check.every
        else { return nil }
        return WorstCaseTimes.detection(check)
    }

    /// A hot standby runs already, and hears that it is active within milliseconds.
    private var startAfterTakeover: (start: Duration, isUnknown: Bool) {
        guard case .process(let process) = workload else { return (.zero, true) }
        if (process.standby ?? Defaults.standby) == .hot { return (.zero, false) }
        return (process.startTime ?? .zero, process.startTime == nil)
    }

    /// `nil` where nobody said how long it takes.
    private var startOfProcess: Duration? {
        guard case .process(let process) = workload else { return nil }
        return process.startTime
    }

    private var stopTime: Duration { workload.settledStopTimeout }
}
