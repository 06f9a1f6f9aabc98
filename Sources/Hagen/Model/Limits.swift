/// The ranges that values of a topology have, in one place: the tables of the language, the rules and the engines read
/// them here, so that what compiles is what an engine takes.

extension Model.Balancer {
    /// How often a request is tried on another member.
    package static let retryCounts = 0...10
    /// Of clients on one host.
    package static let connectionCounts = 1...1_000_000
}

extension Model.Host {
    package static let capacities = 1...1_000_000_000
}

extension Model.Member {
    package static let priorities = 0...1000
    package static let weights = 0...256
}

extension Model.Replication {
    package static let acknowledgementCounts = 1...100
}

extension Model.Cluster {
    /// Of `minimumHealthy`.
    package static let memberCounts = 1...10_000
}

extension Model.Restarts {
    package static let limits = 0...100
}

extension Model.Check {
    /// Of `rise` and `fall`.
    package static let counts = 1...1000
    /// Of an HTTP response.
    package static let statuses = 100...599
    package static let intervals = Duration.milliseconds(10)...Duration.seconds(86_400)
}

extension Model.Lease {
    package static let durations = Duration.milliseconds(200)...Duration.seconds(3600)
    package static let renewals = Duration.milliseconds(10)...Duration.seconds(3600)
    /// Clusters with a lease that one host can be a member of: its agent renews them all in one commit of the store.
    package static let maximumPerHost = 128
}

extension Model.Failover {
    package static let heartbeats = Duration.milliseconds(10)...Duration.seconds(3600)
}

extension Model.Monitoring {
    package static let intervals = Duration.milliseconds(100)...Duration.seconds(86_400)
}

extension Model.Alert {
    /// Labels that the monitor sets itself.
    package static let reservedLabels = ["__name__", "alertname", "alertstate"]

    /// Whether Prometheus takes the text as the name of a label: letters, digits and `_`, with no digit first.
    package static func isLabelName(_ text: String) -> Bool { text.isIdentifier }
}

extension Model.ProcessWorkload {
    /// Variables whose names begin so are Hagen's own.
    package static let reservedPrefix = "HAGEN_"

    /// Whether the text can name a variable that every shell can read (POSIX.1-2017, section 8.1, with small letters).
    package static func isVariableName(_ text: String) -> Bool { text.isIdentifier }
}

extension String {
    fileprivate var isIdentifier: Bool {
        guard let first = utf8.first, !(0x30...0x39).contains(first) else { return false }
        return utf8.allSatisfy {
            (0x30...0x39).contains($0) || (0x61...0x7A).contains($0 | 0x20) || $0 == UInt8(ascii: "_")
        }
    }
}
