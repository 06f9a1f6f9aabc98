internal import Hagen
internal import HagenEngine

/// One exercise: a cluster in good order, faults, and what its clients notice of them.
package struct Drill: Sendable {
    package let seed: UInt64
    package let settings: WorldSettings
    /// With moments that count from when the cluster has been in good order for a while.
    package let plan: FaultPlan
    /// How long after the last fault somebody has to serve at the latest.
    package let patience: Duration

    package struct Result: Sendable {
        package var violation: Violation?
        /// When the first fault began.
        package var faultsBegan: VirtualTime
        /// From the first fault until the end.
        package var outages: [ServiceLog.Outage]
        package var before: (host: Int, epoch: UInt64)
        package var after: (host: Int, epoch: UInt64)?
        package var statistics: World.Statistics
        package var length: VirtualTime
        package var recording: Recording?

        /// The longest time in which nobody was served.
        package var longestOutage: Duration {
            Duration(virtual: outages.map { $0.end - $0.start }.max() ?? 0)
        }

        /// From the beginning of the faults until clients were served for good.
        package var recovery: Duration { Duration(virtual: outages.last.map { $0.end - faultsBegan } ?? 0) }

        package var isFailover: Bool { after?.epoch != before.epoch }
    }

    package init(seed: UInt64, settings: WorldSettings, plan: FaultPlan, patience: Duration = .seconds(60)) {
        self.seed = seed
        self.settings = settings
        self.plan = plan
        self.patience = patience
    }

    package func run(isRecorded: Bool = false) -> Result {
        var world = World(seed: seed, settings: settings, plan: .none, isRecorded: isRecorded)
        let lease = settings.timing.duration.nanoseconds
        world.waitForService(ofAtLeast: lease / 4, until: 20 * lease + 30 * Span.second)
        // Faults know nothing of the renewals' rhythm.
        var random = SeededRandom(seed: ~seed)
        world.run(until: world.now + random.number(0...settings.timing.renew.nanoseconds))
        let before = world.serving
        let began = world.now + (plan.faults.map(\.start).min() ?? 0)
        world.add(plan)
        world.service = ServiceLog()
        let calm = max(world.plan.end, began)
        world.run(until: calm + World.clearingTime)
        let bound = calm + patience.nanoseconds
        world.waitForService(ofAtLeast: lease / 2, until: bound)
        var violation = world.violation
        if violation == nil, before == nil {
            violation = Violation(.recovers, at: world.now, "nobody ever served: \(world.reasons)")
        }
        if violation == nil, world.serving == nil {
            violation = Violation(
                .recovers, at: world.now, "nobody serves \(patience.text) after the faults: \(world.reasons)")
        }
        if violation == nil, !Linearizability.holds(for: world.clients.history) {
            violation = Violation(
                .linearizable, at: world.now, "no order of the acknowledged operations explains what was read")
        }
        return Result(
            violation: violation, faultsBegan: began, outages: world.service?.outages ?? [],
            before: before ?? (0, 0), after: world.serving, statistics: world.statistics, length: world.now,
            recording: world.recording)
    }
}

extension World {
    /// Runs until clients have been served for that long without a break, or until that moment.
    mutating func waitForService(ofAtLeast length: VirtualTime, until end: VirtualTime) {
        var since: VirtualTime?
        while violation == nil, now < end {
            if reachableServing == nil { since = nil } else if since == nil { since = now }
            if let since, now - since >= length { return }
            run(until: now + length / 4)
        }
    }
}
