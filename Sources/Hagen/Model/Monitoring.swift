extension Model {
    /// What is measured, and who is told.
    public struct Monitoring: Codable, Equatable, Sendable {
        /// How often the monitor measures and judges.
        @DurationText public var interval: Duration?
        public var receivers: [Receiver]
        public var alerts: [Alert]
        /// Who is told of the alerts that name nobody: the first route that matches, and those after it while they say
        /// `continue`.
        public var routes: [Route]

        public init(
            interval: Duration? = nil, receivers: [Receiver] = [], alerts: [Alert] = [], routes: [Route] = []
        ) {
            self.interval = interval
            self.receivers = receivers
            self.alerts = alerts
            self.routes = routes
        }
    }

    /// Which alerts go to whom.
    public struct Route: Codable, Equatable, Sendable {
        /// Labels that an alert must have, each with this very value; empty matches every alert.
        public var match: [String: String]
        /// The names of those who are told; at least one.
        public var receivers: [String]
        /// Whether the routes after it are looked at too.
        public var `continue`: Bool

        public init(match: [String: String] = [:], receivers: [String], continue: Bool = false) {
            self.match = match
            self.receivers = receivers
            self.continue = `continue`
        }
    }

    /// A condition over what is measured that somebody must know of.
    public struct Alert: Codable, Equatable, Sendable {
        public var name: String
        /// PromQL; the alert is active for each series that the expression yields.
        public var expression: String
        /// How long the expression must hold before anybody is told.
        @DurationText public var hold: Duration?
        /// How long the alert goes on firing after the expression has stopped holding.
        @DurationText public var keepFiring: Duration?
        /// `severity` is the one that everybody expects.
        public var labels: [String: String]
        /// Sentences for whoever is told, such as `summary`.
        public var annotations: [String: String]
        /// The names of those who are told.
        public var receivers: [String]

        public init(
            name: String, expression: String, hold: Duration? = nil, keepFiring: Duration? = nil,
            labels: [String: String] = [:], annotations: [String: String] = [:], receivers: [String] = []
        ) {
            self.name = name
            self.expression = expression
            self.hold = hold
            self.keepFiring = keepFiring
            self.labels = labels
            self.annotations = annotations
            self.receivers = receivers
        }
    }

    /// Where notifications go.
    public struct Receiver: Codable, Equatable, Sendable {
        /// A way to reach somebody.
        public enum Channel: Codable, Equatable, Sendable {
            case webhook(url: SecretText)
            case email(to: String)
            case command([String])
        }
        public var name: String
        public var channel: Channel

        public init(name: String, channel: Channel) {
            self.name = name
            self.channel = channel
        }
    }

    /// A text that may be secret: said in the open, or named and kept elsewhere.
    public enum SecretText: Codable, Equatable, Sendable {
        case plain(String)
        case credential(Credential)
    }

    /// What a cluster promises.
    public struct Objective: Codable, Equatable, Sendable {
        public var name: String
        /// The cluster's name.
        public var cluster: String
        /// The share of the window in which the cluster serves.
        public var availability: Ratio?
        /// The time over which the availability is counted.
        @DurationText public var window: Duration?
        /// How long an outage may last at most.
        @DurationText public var recoveryTime: Duration?
        /// How much acknowledged data may be lost at most, counted in time.
        @DurationText public var recoveryPoint: Duration?

        public init(
            name: String, cluster: String, availability: Ratio? = nil, window: Duration? = nil,
            recoveryTime: Duration? = nil, recoveryPoint: Duration? = nil
        ) {
            self.name = name
            self.cluster = cluster
            self.availability = availability
            self.window = window
            self.recoveryTime = recoveryTime
            self.recoveryPoint = recoveryPoint
        }
    }
}
