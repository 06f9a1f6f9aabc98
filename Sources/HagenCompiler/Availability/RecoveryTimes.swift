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
    package let hostLoss: Duration?
    /// The workload of the active member ends by itself; `nil` where nobody takes over.
    package let workloadEnd: Duration?
    /// The workload of the active member hangs; `nil` without a check that would notice, and where nobody takes over.
    package let workloadHang: Duration?
    /// The active member is moved on purpose; `nil` where nobody takes over.
    package let switchover: Duration?

    /// The longest of an outage that is no switchover; `nil` where nobody takes over.
    package var longest: Duration? {
        [hostLoss, workloadEnd, workloadHang].compactMap(\.self).max()
    }
}

extension Model.Cluster {
    /// `nil` for a cluster without an active member that others could take over from.
    package var recoveryTimes: RecoveryTimes? {
        guard kind == .activePassive, let lease = leaseTiming else { return nil }
        let (start, isUnknown) = startAfterTakeover
        let hasOthers = candidateHosts.count > 1
        let restart = restarts.limit > 0 ? (startOfProcess ?? .zero) : start
        return RecoveryTimes(
            nobodyTakesOver: !hasOthers, restartsInPlace: restarts.limit > 0, start: start, startIsUnknown: isUnknown,
            hostLoss: hasOthers ? WorstCaseTimes.takeover(lease) + start : nil,
            workloadEnd: hasOthers || restarts.limit > 0 ? restart : nil,
            workloadHang: hasOthers || restarts.limit > 0 ? detectionOfHang.map { $0 + restart } : nil,
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
            Model.Check.intervals.contains(check.every)
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

    private var stopTime: Duration {
        guard case .process(let process) = workload else { return Defaults.stopTimeout }
        return process.stopTimeout ?? Defaults.stopTimeout
    }
}
