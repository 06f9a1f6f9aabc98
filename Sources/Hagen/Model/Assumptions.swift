extension Model {
    /// How often parts fail and how long they stay away: what the expected availability of a cluster is computed from.
    /// What is unsaid has a documented default.
    public struct Assumptions: Codable, Equatable, Sendable {
        /// Of one host, its operating system included.
        public var host: Failures?
        /// Of a zone as a whole: all its hosts at once.
        public var zone: Failures?
        /// Of a workload on one host that stays up.
        public var workload: Failures?
        /// Planned work that takes one host out of service at a time.
        public var maintenance: PlannedWork?

        public init(
            host: Failures? = nil, zone: Failures? = nil, workload: Failures? = nil, maintenance: PlannedWork? = nil
        ) {
            self.host = host
            self.zone = zone
            self.workload = workload
            self.maintenance = maintenance
        }
    }

    /// How often one part fails, and for how long.
    public struct Failures: Codable, Equatable, Sendable {
        /// From one failure to the next, on average; more than 0.
        @DurationText public var meanTimeBetweenFailures: Duration
        /// From a failure until the part serves again, on average; more than 0.
        @DurationText public var meanTimeToRepair: Duration

        public init(meanTimeBetweenFailures: Duration, meanTimeToRepair: Duration) {
            self.meanTimeBetweenFailures = meanTimeBetweenFailures
            self.meanTimeToRepair = meanTimeToRepair
        }
    }

    /// Work that somebody does regularly, such as an upgrade with a restart.
    public struct PlannedWork: Codable, Equatable, Sendable {
        /// From one time to the next on the same host; more than 0.
        @DurationText public var every: Duration
        /// How long the host is out of service; more than 0.
        @DurationText public var duration: Duration

        public init(every: Duration, duration: Duration) {
            self.every = every
            self.duration = duration
        }
    }
}
