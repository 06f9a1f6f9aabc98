package import HagenEngine

/// A minute of a cluster with data under faults, wholly determined by its seed.
package struct ReplicatedLife: Sendable {
    package var seed: UInt64
    package var policy: ReplicationPolicy
    /// For tests of the tests alone.
    package var planted: LeasedMember.PlantedFault?

    package init(seed: UInt64, policy: ReplicationPolicy, planted: LeasedMember.PlantedFault? = nil) {
        self.seed = seed
        self.policy = policy
        self.planted = planted
    }

    package struct Outcome: Equatable, Sendable {
        /// What was promised and not kept, in words.
        package var violation: String?
        package var promotions = 0
        /// Writes that clients were told are safe.
        package var acknowledged = 0
        /// Of those, the ones that a promotion within the asynchronous bound has lost.
        package var lost = 0
        /// What happened, a line each, the oldest first.
        package var story: [String] = []
    }

    package func run() -> Outcome {
        var world = ReplicatedWorld(seed: seed, policy: policy, planted: planted)
        return world.run()
    }
}
