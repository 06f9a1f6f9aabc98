/// Judges one backend by the results of its checks.
///
/// A first result counts at once, so that a start is quick both ways. After it, `rise` successes in a row make an
/// unhealthy backend healthy, `fall` failures in a row a healthy one unhealthy. Traffic that fails raises a suspicion:
/// the next failed check counts as the last of the row, so that a killed process leaves within milliseconds.
package struct BackendCheckMachine: Equatable, Sendable {
    package enum Health: Equatable, Sendable { case unknown, healthy, unhealthy }

    /// What changed, for the log and for the data plane.
    package enum Directive: Equatable, Sendable {
        case becameHealthy
        case becameUnhealthy
    }

    /// What traffic showed calls for a check now.
    package enum SuspicionDirective: Equatable, Sendable { case checkNow, nothing }

    package let rise: Int
    package let fall: Int
    package private(set) var health = Health.unknown
    /// Results in a row that speak against `health`.
    private var contrary = 0
    private var suspected = false

    /// - Parameters: `rise` and `fall` are at least 1.
    package init(rise: Int, fall: Int) {
        precondition(rise >= 1 && fall >= 1, "rise \(rise) and fall \(fall) must be at least 1")
        self.rise = rise
        self.fall = fall
    }

    package mutating func checkPassed() -> Directive? {
        suspected = false
        switch health {
        case .healthy:
            contrary = 0
            return nil
        case .unknown:
            return become(.healthy)
        case .unhealthy:
            contrary += 1
            return contrary >= rise ? become(.healthy) : nil
        }
    }

    package mutating func checkFailed() -> Directive? {
        switch health {
        case .unhealthy:
            contrary = 0
            return nil
        case .unknown:
            return become(.unhealthy)
        case .healthy:
            contrary += 1
            return contrary >= fall || suspected ? become(.unhealthy) : nil
        }
    }

    /// A client's connection was refused or broke before an answer.
    package mutating func trafficFailed() -> SuspicionDirective {
        guard health == .healthy, !suspected else { return .nothing }
        suspected = true
        return .checkNow
    }

    /// The member was given a new role, and so perhaps a new process: what was known of the old one says nothing.
    package mutating func memberChanged() {
        health = .unknown
        contrary = 0
        suspected = false
    }

    /// Nobody else can serve in the backend's place: its next success counts at once.
    package mutating func forgiveFailures() {
        if health == .unhealthy { memberChanged() }
    }

    private mutating func become(_ health: Health) -> Directive {
        self.health = health
        contrary = 0
        suspected = false
        return health == .healthy ? .becameHealthy : .becameUnhealthy
    }
}
