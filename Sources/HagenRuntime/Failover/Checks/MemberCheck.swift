internal import Hagen
internal import HagenEngine

/// The health check of a member's active workload.
///
/// Failures count from the first success of a run, or from the end of `startGrace`, whichever comes first: a workload that
/// needs a while to listen is not taken for a broken one.
struct MemberCheck: Sendable {
    static let startGrace: Duration = .seconds(10)
    let configuration: CheckConfiguration
    private var run: UInt64 = 0
    private var began = Instant(nanoseconds: 0)
    private var hasPassed = false
    private var failures = 0

    init(_ configuration: CheckConfiguration) { self.configuration = configuration }

    /// Why the check cannot be made; `nil` where it can.
    static func fault(of check: CheckConfiguration, in cluster: FailoverConfiguration.Cluster) -> String? {
        switch check.kind {
        case .command: return "a check by a command has no engine in the failover agent yet; use tcp or http"
        case .nagios: return "a check by a Nagios plugin has no engine in the failover agent yet; use tcp or http"
        case .role: return "a check of a database's role has no engine yet; use tcp"
        case .tcp, .http: break
        }
        if SocketAddress("\(cluster.address):\(cluster.port ?? 0)") == nil, IPAddress(cluster.address) == nil {
            return "its check has no address to connect to: '\(cluster.address)'"
        }
        if cluster.port == nil { return "its check has no port to connect to" }
        if check.rise < 1 || check.fall < 1 { return "rise and fall of its check must be at least 1" }
        if check.every < Model.Check.intervals.lowerBound {
            return "its check runs every \(check.every.text), not 10ms or more"
        }
        if check.timeout <= .zero { return "the time-out of its check is \(check.timeout.text)" }
        return nil
    }

    /// - Returns: what is wrong, once the check has failed as often in a row as it takes.
    mutating func finished(_ result: CheckResult, run: UInt64, at now: Instant) -> String? {
        if run != self.run {
            self.run = run
            (began, hasPassed, failures) = (now, false, 0)
        }
        guard case .failed(let problem) = result else {
            (hasPassed, failures) = (true, 0)
            return nil
        }
        guard hasPassed || began + Self.startGrace <= now else { return nil }
        failures += 1
        return failures >= configuration.fall ? problem : nil
    }
}
