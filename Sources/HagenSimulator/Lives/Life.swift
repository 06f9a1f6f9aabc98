internal import Hagen
internal import HagenEngine

/// One whole life of a world: it comes up, the faults of the plan happen, they stop, and somebody has to act again.
package struct Life: Sendable {
    package let seed: UInt64
    package let settings: WorldSettings
    package let plan: FaultPlan

    package struct Outcome: Sendable {
        package var violation: Violation?
        package var statistics: World.Statistics
        /// How long the life lasted.
        package var length: VirtualTime
        package var recording: Recording?
    }

    package init(seed: UInt64, settings: WorldSettings, plan: FaultPlan) {
        self.seed = seed
        self.settings = settings
        self.plan = plan
    }

    /// The life that a seed stands for: settings and faults that vary with it.
    package init(seed: UInt64, planted: PlantedBug? = nil) {
        settings = WorldSettings.varied(by: seed, planted: planted)
        self.seed = seed
        let kinds =
            settings.hasPermitGate
            ? Fault.Kind.random : Fault.Kind.random.filter { !Fault.Kind.coveredByGateOnly.contains($0) }
        let plan = FaultPlan.random(seed: seed, settings: settings, of: kinds)
        // A store that has forgotten is recognised by the hosts that remember: rule 5 needs them.
        self.plan = plan.contains(.oldStore) ? plan.replacing(.replacedHost, by: .lostHost) : plan
    }

    /// The same, with another plan.
    package init(seed: UInt64, planted: PlantedBug? = nil, plan: FaultPlan) {
        self.init(seed: seed, settings: WorldSettings.varied(by: seed, planted: planted), plan: plan)
    }

    package func run(isRecorded: Bool = false) -> Outcome {
        var world = World(seed: seed, settings: settings, plan: plan, isRecorded: isRecorded)
        let violation = world.violationOfLife()
        return Outcome(
            violation: violation, statistics: world.statistics, length: world.now, recording: world.recording)
    }
}

extension World {
    /// Lives until somebody serves again after the last fault, and judges all of it.
    fileprivate mutating func violationOfLife() -> Violation? {
        let lease = settings.timing.duration.nanoseconds
        let calm = max(plan.end, 600 * Span.millisecond + lease)
        run(until: calm + Self.clearingTime)
        // The last of the faults may have been followed by one that keeps the cluster still until a person comes.
        let isHeld = plan.contains(.oldStore)
        let bound = calm + RecoveryBound.afterFaults(settings, plan).nanoseconds
        var since: (moment: VirtualTime, epoch: UInt64)?
        while violation == nil, !isHeld {
            let epoch = reachableServing.flatMap { _ in serving?.epoch }
            if epoch != since?.epoch { since = epoch.map { (now, $0) } }
            // To serve for a moment is not enough: the same one has to serve for as long as a lease lasts.
            if let since, now - since.moment >= lease { break }
            if since == nil, now > bound {
                let late = Duration(virtual: bound - calm).text
                return Violation(.recovers, at: now, "nobody serves \(late) after the faults stopped: \(reasons)")
            }
            run(until: now + lease / 8)
        }
        if let violation { return violation }
        guard !Linearizability.holds(for: clients.history) else { return nil }
        return Violation(.linearizable, at: now, "no order of the acknowledged operations explains what was read")
    }
}

extension WorldSettings {
    /// Lives differ in more than their faults: each combination of these comes up often among a thousand seeds.
    package static func varied(by seed: UInt64, planted: PlantedBug? = nil) -> WorldSettings {
        var settings = WorldSettings.threeHosts
        let lease = [1000, 300, 600][Int(seed % 3)]
        settings.timing = LeaseTiming(
            duration: .milliseconds(lease), renew: .milliseconds(lease / 4), stop: .milliseconds(lease * 4 / 5))
        let isAggressive =
            settings.timing.duration < WorldSettings.Store.election * WorldSettings.Store.electionsPerLease
        settings.store.election = isAggressive ? WorldSettings.Store.aggressiveElection : WorldSettings.Store.election
        settings.workload.standby = seed % 2 == 0 ? .hot : .cold
        settings.workload.restartLimit = seed % 5 == 0 ? 2 : 0
        settings.workload.stopTimeout = .milliseconds(lease * 2)
        settings.hasPermitGate = seed % 4 != 3
        switch seed % 7 {
        case 0:
            // Two members and a witness that carries nothing but a member of the store.
            settings.hosts[2].isMember = false
            settings.hosts[2].isCandidate = false
        case 1:
            // The embedded store, beside the members.
            settings.hosts.append(Host(name: "store", isMember: false, isCandidate: false))
            settings.store.hosts = [3]
        case 2: settings.hosts[2].isCandidate = false
        default: break
        }
        if seed % 11 == 1 {
            settings.fence()
            // Only a longer one is not over before all but the preferred member may fence.
            if seed % 2 == 0 {
                settings.timing = LeaseTiming(
                    duration: .seconds(6), renew: .milliseconds(1500), stop: .milliseconds(4800))
            }
        }
        if seed % 13 == 2 { settings.carryAddressesOnly() }
        settings.planted = planted
        return settings
    }
}
