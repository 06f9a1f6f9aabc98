internal import Hagen
internal import HagenEngine

/// Exercises over one cluster of a user's own topology: each chosen fault, again and again with other seeds.
package struct GameDay: Sendable {
    package let settings: WorldSettings

    package init(settings: WorldSettings) { self.settings = settings }

    /// What the clients of one exercise noticed.
    package struct Run: Sendable {
        package var seed: UInt64
        package var recovery: Duration
        package var isFailover: Bool
        package var violation: Violation?
        package var events: Int
        package var length: VirtualTime
    }

    package func drill(_ fault: Fault.Kind, seed: UInt64) -> Drill {
        Drill(seed: seed, settings: settings, plan: plan(fault), patience: bound(of: fault).total)
    }

    package func run(_ fault: Fault.Kind, seeds: Range<UInt64>) -> [Run] {
        let bound = bound(of: fault).total
        return seeds.map { seed in
            let result = drill(fault, seed: seed).run()
            var violation = result.violation
            if violation == nil, result.recovery > bound {
                violation = Violation(
                    .recovers, at: result.length,
                    "clients were served again after \(result.recovery.text), not within \(bound.text)")
            }
            return Run(
                seed: seed, recovery: result.recovery, isFailover: result.isFailover, violation: violation,
                events: result.statistics.events, length: result.length)
        }
    }

    /// Long enough that nobody is served again only because the fault has ended.
    package func plan(_ fault: Fault.Kind) -> FaultPlan {
        let lease = settings.timing.duration
        let victim: Fault.Victim =
            switch fault {
            case .storeOutage, .loss, .delay, .duplication, .oldStore: .everything
            case .lostStoreMember, .isolatedStoreMember: .storeLeader
            default: .active
            }
        return FaultPlan([
            Fault(fault, victim, at: .zero, for: isMomentary(fault) ? .zero : length, amount: amount(fault, lease))
        ])
    }

    private func isMomentary(_ fault: Fault.Kind) -> Bool {
        [.killedWorkload, .killedSupervisor, .clockJump, .switchover].contains(fault)
    }

    private func amount(_ fault: Fault.Kind, _ lease: Duration) -> Int64 {
        switch fault {
        case .loss: 20
        case .delay: lease.nanoseconds / 4 / Span.millisecond
        case .slowDisk: 50
        case .clockJump: 300
        default: 0
        }
    }

    private var length: Duration { settings.timing.duration * 3 + .seconds(1) }

    /// Whether the cluster and its store can do without any one host.
    private var survivesLossOfHost: Bool {
        guard settings.hosts.count(where: \.isCandidate) > 1 else { return false }
        // A store whose only member stands on a host that is no candidate is not lost with the active one.
        if settings.store.hosts.count > 2 { return true }
        return !settings.store.hosts.contains { settings.hosts[$0].isCandidate }
    }
}

extension GameDay {
    /// How long, at most, clients may go without service: what the compiler computes, and what comes on top.
    package struct Bound: Equatable, Sendable {
        package var computed: Duration
        package var allowance: Duration
        package var total: Duration { computed + allowance }
    }

    package func bound(of fault: Fault.Kind) -> Bound {
        let takeover = WorstCaseTimes.takeover(settings.timing)
        let start = settings.workload.standby == .hot ? settings.workload.promotion : settings.workload.start
        let election = settings.store.election * 2
        let usual = RecoveryBound.exchange + start
        // The one that could take over has to come back first, or the store it needs.
        let untilEnd = Bound(
            computed: length + takeover, allowance: usual + election + .seconds(1) + FailureBackoff.first)
        let hasOthers = settings.hosts.count(where: \.isCandidate) > 1
        switch fault {
        case .lostHost, .replacedHost, .frozenHost, .cutOff, .splitOff:
            return survivesLossOfHost ? Bound(computed: takeover, allowance: usual + election) : untilEnd
        case .mute, .deaf, .cutPath:
            guard survivesLossOfHost else { return untilEnd }
            return Bound(computed: takeover + settings.timing.stop, allowance: usual + election)
        case .killedAgent, .frozenAgent, .frozenSupervisor:
            return hasOthers
                ? Bound(computed: takeover, allowance: usual + settings.timing.renew + .milliseconds(100)) : untilEnd
        case .cutFromStore:
            return hasOthers ? Bound(computed: takeover + settings.timing.stop, allowance: usual) : untilEnd
        case .killedWorkload, .killedSupervisor:
            return hasOthers || settings.workload.restartLimit > 0
                ? Bound(computed: start, allowance: RecoveryBound.exchange + .milliseconds(50)) : untilEnd
        case .switchover, .stoppedAgent, .drained:
            guard hasOthers else { return untilEnd }
            return Bound(computed: settings.workload.stopTimeout + start, allowance: RecoveryBound.exchange)
        case .crashLoop, .fullDisk:
            return hasOthers ? Bound(computed: start, allowance: .milliseconds(500) + start * 3) : untilEnd
        case .clockJump, .cutFromMembers, .duplication, .paused, .hangingWorkload, .stuckWorkload:
            return Bound(computed: .zero, allowance: .zero)
        case .lostStoreMember, .isolatedStoreMember, .slowDisk, .loss, .delay, .storeOutage, .oldStore: return untilEnd
        }
    }

    /// What a game day exercises unless it is told otherwise: what happens to everybody one day.
    package static let usualFaults: [Fault.Kind] = [
        .lostHost, .frozenHost, .killedAgent, .frozenAgent, .killedWorkload, .cutOff, .cutFromStore, .mute,
        .storeOutage,
        .clockJump, .switchover,
    ]

    /// What can be chosen: everything but what keeps a cluster still until a person comes.
    package static let possibleFaults: [Fault.Kind] = Fault.Kind.allCases.filter { $0 != .oldStore && $0 != .paused }
}
