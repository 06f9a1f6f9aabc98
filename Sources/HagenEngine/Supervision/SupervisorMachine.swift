/// What one supervisor decides (rule 7): when its workload has to stop or to die, and what an order means in each state.
///
/// The intuition: a permit is a deadline that is only ever moved on from outside. Whatever the state, whatever was ordered
/// and whoever is silent, `timeReached` kills what has outlived its permit or the time that it was given to stop.
///
/// The case that surprises: a workload that was told to stop keeps its addresses, and its permit may be extended, until it has
/// ended or is killed. From then on no order and no extension changes anything: it is `ending` until it is proved dead.
package struct SupervisorMachine: Equatable, Sendable {
    package private(set) var report = SupervisorReport(run: 0, state: .idle)
    /// It was killed or has ended by itself, and is not proved dead yet.
    package private(set) var isKilling = false
    /// The highest epoch of any permit: whoever carries an older one is refused.
    private var highestEpoch: UInt64 = 0
    private var stopTimeout: Duration = .zero
    private var killAt: Instant?
    /// Why the workload was made to end, in words; how it ended by itself speaks where this is `nil`.
    package private(set) var cause: String?

    package init() {}

    /// When `timeReached` has something to do; `nil` where nothing limits the run.
    package var wake: Instant? {
        guard report.state != .idle, !isKilling else { return nil }
        return [report.permit?.deadline, killAt].compactMap { $0 }.min()
    }

    /// To be called before anything that arrived is looked at: a message that was late must not find an old permit alive.
    package mutating func timeReached(at now: Instant) -> [SupervisorDirective] {
        guard report.state != .idle, !isKilling else { return [] }
        if let permit = report.permit, permit.deadline <= now {
            return kill("was killed: its permit for epoch \(permit.epoch) ended")
        }
        if let killAt, killAt <= now { return kill("was killed: it did not stop in time") }
        return []
    }

    /// Why a permit gives no right now, in words; to be asked again after whatever took its time.
    package mutating func admit(_ permit: Permit, at now: Instant) -> String? {
        guard permit.epoch >= highestEpoch else { return "epoch \(permit.epoch) is older than \(highestEpoch)" }
        guard now < permit.deadline else { return "the permit for epoch \(permit.epoch) is over" }
        highestEpoch = permit.epoch
        return nil
    }
}

// MARK: orders

extension SupervisorMachine {
    /// No start up to this run is obeyed any more.
    package mutating func settleOrdered(_ run: UInt64) { report.run = max(report.run, run) }

    /// - Parameter permit: `nil` where nothing limits the run.
    package mutating func startOrdered(_ run: UInt64, permit: Permit?, at now: Instant) -> [SupervisorDirective] {
        guard run > report.run else { return [.refuse("run \(run) is not newer than \(report.run)")] }
        report.run = run
        guard report.state == .idle else { return [.refuse("the run before is not dead yet")] }
        if let permit, let problem = admit(permit, at: now) {
            let cause = "was not started: \(problem)"
            report.ending = cause
            return [.refuse(cause)]
        }
        return [.start]
    }

    package mutating func extensionOrdered(_ run: UInt64, _ permit: Permit, at now: Instant) -> [SupervisorDirective] {
        guard run == report.run, report.state != .idle, let current = report.permit else {
            return [.refuse("there is no run \(run) with a permit")]
        }
        guard permit.epoch == current.epoch else {
            return [.refuse("the permit is for epoch \(current.epoch), not \(permit.epoch)")]
        }
        guard now < current.deadline else { return [.refuse("the permit for epoch \(permit.epoch) is over")] }
        // What is being killed needs no more time; where it cannot be, the watchdog is to notice.
        guard !isKilling else { return [] }
        let deadline = max(current.deadline, permit.deadline)
        report.permit?.deadline = deadline
        return [.extend(until: deadline)]
    }

    package mutating func promotionOrdered(_ run: UInt64, _ permit: Permit, at now: Instant) -> [SupervisorDirective] {
        guard run == report.run, report.state == .running, report.role == .standby else {
            return [.refuse("there is no running standby of run \(run)")]
        }
        if let problem = admit(permit, at: now) { return couldNotPromote(problem) }
        return [.promote(permit)]
    }

    package mutating func stopOrdered(_ run: UInt64, at now: Instant) -> [SupervisorDirective] {
        guard run == report.run else { return [.refuse("run \(run) is not the last one, \(report.run)")] }
        return stop(at: now)
    }

    package mutating func killOrdered(_ run: UInt64) -> [SupervisorDirective] {
        guard run == report.run else { return [.refuse("run \(run) is not the last one, \(report.run)")] }
        return killNow("was killed as ordered")
    }

    package func leaveOrdered() -> [SupervisorDirective] {
        report.state == .idle ? [] : [.refuse("the workload is not dead yet")]
    }

    /// The supervisor itself was told to end, or the workload was.
    package mutating func stop(at now: Instant) -> [SupervisorDirective] {
        guard report.state == .running else { return [] }
        report.state = .ending
        cause = "was stopped"
        killAt = now + stopTimeout
        return [.stop]
    }
}

// MARK: what became of it

extension SupervisorMachine {
    /// - Parameter stopTimeout: from SIGTERM to SIGKILL.
    package mutating func started(processID: Int32?, role: MemberRole, permit: Permit?, stopTimeout: Duration) {
        precondition(report.state == .idle, "started while \(report)")
        self.stopTimeout = stopTimeout
        (isKilling, killAt, cause) = (false, nil, nil)
        report = SupervisorReport(
            run: report.run, state: .running, processID: processID, role: role, permit: permit)
    }

    /// - Parameter isClear: nothing of it is left; an address may still be there otherwise, and with one the member has not
    ///   ended.
    package mutating func couldNotStart(_ problem: String, isClear: Bool) -> [SupervisorDirective] {
        precondition(report.state == .idle, "not started while \(report)")
        let cause = "was not started: \(problem)"
        guard !isClear else {
            report.ending = cause
            return [.refuse(cause)]
        }
        return kill(cause) + [.refuse(cause)]
    }

    package mutating func promoted(_ permit: Permit) {
        report.permit = permit
        report.role = .active
    }

    /// What may be half active is no standby any more.
    package mutating func couldNotPromote(_ problem: String) -> [SupervisorDirective] {
        killNow("was not made active: \(problem)") + [.refuse(problem)]
    }

    /// It can neither go on as it is nor stop in its own time.
    package mutating func failed(_ problem: String) -> [SupervisorDirective] { killNow("was killed: \(problem)") }

    package mutating func processChanged(to processID: Int32?) { report.processID = processID }

    /// The workload has ended without having been killed; what it left is not proved dead.
    package mutating func ended() -> [SupervisorDirective] {
        guard report.state != .idle, !isKilling else { return [] }
        report.state = .ending
        isKilling = true
        return [.clear]
    }

    /// Nothing of it is left, in the network neither.
    ///
    /// - Parameter ending: how it ended by itself, in words.
    package mutating func provedDead(ending: String?) {
        report = SupervisorReport(run: report.run, state: .idle, ending: cause ?? ending ?? "ended")
        (isKilling, killAt, cause) = (false, nil, nil)
    }

    private mutating func killNow(_ cause: String) -> [SupervisorDirective] {
        report.state == .idle || isKilling ? [] : kill(cause)
    }

    private mutating func kill(_ cause: String) -> [SupervisorDirective] {
        isKilling = true
        self.cause = cause
        report.state = .ending
        return [.kill]
    }
}
