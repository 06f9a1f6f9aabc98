internal import Hagen

/// The machine of a member without a lease (load-balancing): its workload runs whenever its agent does.
///
///     state       event                    next        directives
///     detached    supervisor reports       idle/running  (a running workload is kept)
///     idle        time reached             running     start
///     running     supervisor: idle         idle        (start at once, or after the back-off once restarts are used up)
///     any         stop requested           stopping    stop
///     stopping    supervisor: idle         finished    finish
///
/// The case that surprises: an exit with status 0 is an unexpected end like any other, for the workload of a member is
/// meant to serve.
package struct UnleasedMember: Equatable, Sendable {
    package private(set) var workload: SupervisorReport?
    package private(set) var reason = "waiting for its supervisor"
    package private(set) var unexpectedEnds = 0
    private var run: UInt64 = 0
    private var isStarted = false
    private var startedAt: Instant?
    private var isStopping = false
    private var isFinished = false
    private var restarts: RestartHistory
    private var backoff = FailureBackoff()
    private var notBefore: Instant?

    package init(restartLimit: Int, restartWindow: Duration) {
        restarts = RestartHistory(limit: restartLimit, window: restartWindow)
    }

    package mutating func supervisorReported(_ report: SupervisorReport, at now: Instant) -> [MemberDirective] {
        let isFirst = workload == nil
        guard report.run >= run else { return [] }
        workload = report
        run = report.run
        var directives: [MemberDirective] = []
        if isFirst, report.state != .idle {
            isStarted = true
            startedAt = now
            directives.append(decided("found the workload running and keeps it", as: .adopted))
        } else if isStarted, report.state == .idle {
            isStarted = false
            if !isStopping { directives.append(ended(report, at: now)) }
        }
        // An order that was lost with a connection is given again.
        if isStopping, report.state == .running { directives.append(.stop(run: run)) }
        return directives + timeReached(at: now)
    }

    package mutating func timeReached(at now: Instant) -> [MemberDirective] {
        guard workload != nil, !isFinished else { return [] }
        if isStopping {
            guard !isStarted else { return [] }
            isFinished = true
            return [decided("stopped", as: .stopped), .finish]
        }
        guard !isStarted, notBefore.map({ $0 <= now }) ?? true else { return [] }
        run += 1
        isStarted = true
        startedAt = now
        return [decided("starts the workload", as: .active), .start(run: run, role: .active, permit: nil)]
    }

    package mutating func stopRequested(at now: Instant) -> [MemberDirective] {
        guard !isStopping else { return [] }
        isStopping = true
        return (isStarted ? [decided("stops: asked to", as: .stopping), .stop(run: run)] : []) + timeReached(at: now)
    }

    /// When `timeReached` has something to do; `nil` where only an event can change anything.
    package var deadline: Instant? {
        workload != nil && !isStarted && !isStopping ? notBefore ?? Instant(nanoseconds: 0) : nil
    }

    /// The number of the last start that was ordered.
    package var lastRun: UInt64 { run }

    private mutating func ended(_ report: SupervisorReport, at now: Instant) -> MemberDirective {
        unexpectedEnds += 1
        let ending = report.ending ?? "ended"
        if restarts.take(at: now) {
            notBefore = now
            return decided("the workload \(ending): restarts it in place", as: .workloadEnded)
        }
        backoff.failed(started: startedAt, at: now)
        notBefore = backoff.until
        let wait = (backoff.until ?? now) - now
        return decided("the workload \(ending): its restarts are used up, waits \(wait.text)", as: .workloadEnded)
    }

    private mutating func decided(_ reason: String, as kind: EventKind) -> MemberDirective {
        self.reason = reason
        return .report(MemberDecision(epoch: 0, reason: reason, kind: kind))
    }
}
