internal import Hagen
internal import HagenEngine

/// Exercises over one cluster of a user's own topology: each chosen fault, again and again with other seeds.
package struct GameDay: Sendable {
    package let settings: WorldSettings
    /// What the compiler promises of the cluster.
    package let promised: PromisedTimes

    /// - Parameter promised: unsaid, what the compiler would compute for such a cluster.
    package init(settings: WorldSettings, promised: PromisedTimes? = nil) {
        self.settings = settings
        self.promised = promised ?? PromisedTimes(settings)
    }

    /// What the clients of one exercise noticed.
    package struct Run: Sendable {
        package var seed: UInt64
        /// From the fault until clients were served for good.
        package var recovery: Duration
        /// The longest time in which they were not served: shorter, where the active one serves on for a while.
        package var interruption: Duration
        package var isFailover: Bool
        package var violation: Violation?
        package var events: Int
        package var length: VirtualTime
    }

    package func drill(_ fault: Fault.Kind, seed: UInt64) -> Drill {
        Drill(seed: seed, settings: settings, plan: plan(fault), patience: bound(of: fault).total)
    }

    package func run(_ fault: Fault.Kind, seeds: some Sequence<UInt64>) -> [Run] {
        seeds.map { seed in
            let result = drill(fault, seed: seed).run()
            return Run(
                seed: seed, recovery: result.recovery, interruption: result.longestOutage,
                isFailover: result.isFailover,
                violation: violation(of: result, fault), events: result.statistics.events, length: result.length)
        }
    }

    /// A rule of the checkers, or the bound.
    func violation(of result: Drill.Result, _ fault: Fault.Kind) -> Violation? {
        if let violation = result.violation { return violation }
        let bound = bound(of: fault).total
        guard result.recovery > bound else { return nil }
        return Violation(
            .recovers, at: result.length,
            "clients were served again after \(result.recovery.text), not within \(bound.text)")
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
        // One that does not end is killed after its time-out, and that has to be seen.
        let enough = fault == .hangingWorkload ? max(length, settings.workload.stopTimeout + lease) : length
        let main = Fault(
            fault, victim, at: .zero, for: isMomentary(fault) ? .zero : enough, amount: amount(fault, lease))
        // A workload that does not end is noticed only when it has to.
        guard fault == .hangingWorkload || fault == .stuckWorkload else { return FaultPlan([main]) }
        return FaultPlan([main, Fault(.switchover, .active, at: .zero, for: .zero)])
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

    /// What a game day exercises unless it is told otherwise: what happens to everybody one day.
    package var usualFaults: [Fault.Kind] {
        guard settings.isGated else { return Self.usualFaults }
        return Self.usualFaults.filter { $0 != .killedWorkload && $0 != .hangingWorkload } + [.closedGate]
    }

    /// Those of a cluster with a workload.
    package static let usualFaults: [Fault.Kind] = [
        .lostHost, .frozenHost, .killedAgent, .frozenAgent, .killedWorkload, .cutOff, .cutFromStore, .mute,
        .storeOutage, .clockJump, .switchover, .hangingWorkload,
    ]

    /// What can be chosen: everything but what keeps a cluster still until a person comes.
    package static let possibleFaults: [Fault.Kind] = Fault.Kind.allCases.filter { $0 != .oldStore && $0 != .paused }
}
