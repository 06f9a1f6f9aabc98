/// How long the settings of a release let an outage last at most. The start of a workload comes on top, and the few
/// milliseconds that exchanges with the store take.
package enum WorstCaseTimes {
    /// Between two looks of an agent at what a group of addresses depends on.
    package static let gateInterval: Duration = .milliseconds(200)

    /// From the loss of the active member's host (or its agent's) until another member may act: the others saw its
    /// last renewal at the moment of the loss at the latest.
    package static func takeover(_ lease: LeaseTiming) -> Duration { lease.duration }

    /// From the moment at which the store is lost until nobody acts any more.
    package static func stepDown(_ lease: LeaseTiming) -> Duration { lease.stop }

    /// From the loss of a member until its checks have taken it out: a check has just passed, `fall` more must fail,
    /// the last of them by its time-out.
    package static func detection(_ check: CheckConfiguration) -> Duration {
        check.every * check.fall + check.timeout
    }

    /// From the return of a member until it gets traffic again.
    package static func readmission(_ check: CheckConfiguration) -> Duration { check.every * check.rise }
}
