/// How often a workload was restarted in place lately.
package struct RestartHistory: Equatable, Sendable {
    package let limit: Int
    package let window: Duration
    private var restarts: [Instant] = []

    package init(limit: Int, window: Duration) {
        self.limit = limit
        self.window = window
    }

    /// Takes one restart from the budget; `false` where none is left within the window.
    package mutating func take(at now: Instant) -> Bool {
        restarts.removeAll { $0 + window <= now }
        guard restarts.count < limit else { return false }
        restarts.append(now)
        return true
    }
}

/// The growing wait after failures in a row, so that a member that cannot run its workload does not flap.
package struct FailureBackoff: Equatable, Sendable {
    /// Others have had the time to take over when the first wait ends.
    package static let first: Duration = .milliseconds(250)
    package static let second: Duration = .seconds(1)
    package static let longest: Duration = .seconds(30)
    /// A workload that ran for so long has recovered: its failures are forgotten.
    package static let recovered: Duration = .seconds(60)

    package private(set) var failures = 0
    package private(set) var until: Instant?

    package init() {}

    /// - Parameter started: when the run that failed began.
    package mutating func failed(started: Instant?, at now: Instant) {
        if let started, started + Self.recovered <= now { failures = 0 }
        failures = min(failures + 1, 16)
        let wait = failures == 1 ? Self.first : min(Self.second * (1 << (failures - 2)), Self.longest)
        until = now + wait
    }

    package func isOver(at now: Instant) -> Bool { until.map { $0 <= now } ?? true }
}
