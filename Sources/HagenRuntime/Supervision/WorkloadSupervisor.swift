internal import CLinux
internal import Glibc
internal import Hagen
internal import HagenEngine

/// One workload, everything that descends from it, and the permit that it runs under (rule 7 of the safety page).
///
/// It decides when the workload has to stop or to die; how that is done, and what proves it dead, differs between the kinds of
/// workload (`SupervisedWorkload`).
struct WorkloadSupervisor {
    private static let shortestClearDelay: Duration = .milliseconds(10)
    private static let longestClearDelay: Duration = .seconds(1)

    private(set) var report = SupervisorReport(run: 0, state: .idle)
    private let surroundings: WorkloadSurroundings
    let network: WorkloadNetwork
    private let watchdog: WatchdogClaim
    private var start: WorkloadStart?
    /// `nil` while the supervisor is idle.
    private var workload: (any SupervisedWorkload)?
    private var isKilling = false
    /// When to look again for what is left, and how long to wait after that.
    private var clearAt = Instant(nanoseconds: 0)
    private var clearDelay = Self.shortestClearDelay
    private var killAt: Instant?
    /// Why the workload was made to end, in words; how it ended by itself speaks where this is `nil`.
    private var cause: String?
    /// The highest epoch of any permit: whoever carries an older one is refused.
    private var highestEpoch: UInt64 = 0
    /// The watchdog's keeper has not heard yet that the workload is dead.
    private var owesWatchdog = false

    /// - Parameters:
    ///   - network: where its addresses and its port are.
    ///   - watchdog: what resets the host where the workload cannot be proved dead.
    init(in surroundings: WorkloadSurroundings, network: WorkloadNetwork, watchdog: WatchdogClaim) {
        self.surroundings = surroundings
        self.network = network
        self.watchdog = watchdog
    }

    /// When `enforce` or `clear` has something to do; `nil` where nothing limits the run.
    var wake: Instant? {
        guard report.state != .idle else { return owesWatchdog ? .now + Self.longestClearDelay : nil }
        return [isKilling ? clearAt : report.permit?.deadline, isKilling ? nil : killAt, workload?.wake, network.wake]
            .compactMap { $0 }.min()
    }

    /// A descriptor on which POLLPRI says that processes of the workload came or went.
    var watched: Int32? { workload?.watched }

    /// Kills what has no right to run any more; to be called before anything that arrived is looked at.
    mutating func enforce(at now: Instant) {
        if owesWatchdog { owesWatchdog = !watchdog.free() }
        guard report.state != .idle else { return }
        if let permit = report.permit, permit.deadline <= now, !isKilling {
            beginKilling("was killed: its permit for epoch \(permit.epoch) ended")
        } else if let killAt, killAt <= now, !isKilling {
            beginKilling("was killed: it did not stop in time")
        }
        workload?.timeReached(at: now)
        network.act(at: now)
        settle()
    }

    /// Looks for what is left of a workload that is being killed, and kills it. The looks come less often while nothing
    /// dies: a process in uninterruptible sleep must not cost a processor.
    mutating func clear(at now: Instant) {
        guard isKilling, clearAt <= now else { return }
        workload?.clear(at: now)
        clearAt = now + clearDelay
        clearDelay = min(clearDelay * 2, Self.longestClearDelay)
        settle()
    }

    /// Obeys, or says why not.
    mutating func perform(_ order: SupervisorRequest.Order, at now: Instant) -> String? {
        switch order {
        case .settle(let run): report.run = max(report.run, run)
        case .start(let start): return perform(start, at: now)
        case .extend(let run, let permit): return extend(run, permit, at: now)
        case .promote(let run, let permit): return promote(run, permit, at: now)
        case .stop(let run):
            guard run == report.run else { return "run \(run) is not the last one, \(report.run)" }
            stop(at: now)
        case .kill(let run):
            guard run == report.run else { return "run \(run) is not the last one, \(report.run)" }
            if report.state != .idle, !isKilling { beginKilling("was killed as ordered") }
        case .leave: return report.state == .idle ? nil : "the workload is not dead yet"
        }
        return nil
    }

    mutating func stop(at now: Instant) {
        guard report.state == .running else { return }
        report.state = .ending
        cause = "was stopped"
        killAt = now + .nanoseconds(start?.stopTimeoutInNanoseconds ?? 0)
        workload?.stop(at: now)
        settle()
    }

    /// Takes note of every child that has ended.
    mutating func reap(at now: Instant) {
        while true {
            var status: Int32 = 0
            let child = linux_reap(&status)
            if child == -EINTR { continue }
            guard child > 0 else { break }
            // Its children, if it had any, are ours now.
            if isKilling { clearSoon() }
            workload?.childEnded(child, status: status, at: now)
        }
        settle()
    }

    /// Processes of the workload came or went.
    mutating func watchedChanged(at now: Instant) {
        workload?.watchedChanged(at: now)
        settle()
    }

    /// Draws the conclusions of what the workload says of itself.
    private mutating func settle() {
        guard let workload else { return }
        report.processID = workload.processID
        if workload.ending != nil, !isKilling {
            report.state = .ending
            isKilling = true
            _ = network.release()
            clearSoon()
        }
        // With an address that is still there the member has not ended.
        if isKilling, workload.isDead, network.release() { allDead() }
    }

    private mutating func perform(_ start: WorkloadStart, at now: Instant) -> String? {
        guard start.run > report.run else { return "run \(start.run) is not newer than \(report.run)" }
        report.run = start.run
        guard report.state == .idle else { return "the run before is not dead yet" }
        do {
            if let permit = start.permit { try admit(permit, at: now) }
            try begin(start)
        } catch {
            let cause = "was not started: \(error)"
            if network.release() {
                owesWatchdog = !watchdog.free()
                report.ending = cause
            } else {
                // An address may still be there: the member has not ended.
                workload = AddressesAlone()
                beginKilling(cause)
            }
            return cause
        }
        return nil
    }

    private mutating func admit(_ permit: Permit, at now: Instant) throws(EngineFailure) {
        guard permit.epoch >= highestEpoch else {
            throw EngineFailure("epoch \(permit.epoch) is older than \(highestEpoch)")
        }
        guard now < permit.deadline else { throw EngineFailure("the permit for epoch \(permit.epoch) is over") }
        highestEpoch = permit.epoch
    }

    private mutating func begin(_ start: WorkloadStart) throws(EngineFailure) {
        // Files, the user database and systemd may take their time.
        func admitNow() throws(EngineFailure) {
            if let permit = start.permit { try admit(permit, at: .now) }
        }
        try network.prepare(start)
        try admitNow()
        if let permit = start.permit { try watchdog.hold(until: permit.deadline, of: start) }
        // First, for the program may listen on its addresses.
        if start.role == .active { try network.take(until: start.permit?.deadline, at: .now) }
        switch start.workload {
        case .process(let process):
            workload = try ProcessWorkload(process, start, in: surroundings, admit: admitNow)
        case .none: workload = AddressesAlone()
        case .unit(let name): workload = try UnitWorkload(name, start, in: surroundings)
        case .resourceAgent(let agent):
            workload = try ResourceAgentWorkload(agent, start, in: surroundings, admit: admitNow)
        }
        if start.role == .active { network.announce(at: .now) }
        self.start = start
        (isKilling, killAt, cause) = (false, nil, nil)
        report.state = .running
        report.processID = workload?.processID
        report.role = start.role
        report.permit = start.permit
        report.ending = nil
    }

    private mutating func extend(_ run: UInt64, _ permit: Permit, at now: Instant) -> String? {
        guard run == report.run, report.state != .idle, let current = report.permit else {
            return "there is no run \(run) with a permit"
        }
        guard permit.epoch == current.epoch else {
            return "the permit is for epoch \(current.epoch), not \(permit.epoch)"
        }
        guard now < current.deadline else { return "the permit for epoch \(permit.epoch) is over" }
        // What is being killed needs no more time; where it cannot be, the watchdog is to notice.
        guard !isKilling else { return nil }
        let deadline = max(current.deadline, permit.deadline)
        report.permit?.deadline = deadline
        // A keeper that is gone lets the device reset the host; the permit is not the place to say so.
        try? watchdog.hold(until: deadline, of: start)
        if report.role == .active, let problem = network.extend(until: deadline, at: now) {
            beginKilling("was killed: \(problem)")
        }
        return nil
    }

    private mutating func promote(_ run: UInt64, _ permit: Permit, at now: Instant) -> String? {
        guard run == report.run, report.state == .running, report.role == .standby else {
            return "there is no running standby of run \(run)"
        }
        do {
            try admit(permit, at: now)
            if let file = start?.roleFile { try RoleFile.write(.active, epoch: permit.epoch, to: file) }
            try admit(permit, at: .now)
            try watchdog.hold(until: permit.deadline, of: start)
        } catch {
            beginKilling("was not made active: \(error)")
            return error.description
        }
        report.permit = permit
        report.role = .active
        workload?.roleChanged(at: now)
        do {
            try network.take(until: permit.deadline, at: .now)
        } catch {
            beginKilling("was not made active: \(error)")
            return error.description
        }
        network.announce(at: .now)
        return nil
    }

    private mutating func beginKilling(_ cause: String) {
        isKilling = true
        self.cause = cause
        report.state = .ending
        workload?.kill()
        _ = network.release()
        clearSoon()
    }

    private mutating func clearSoon() {
        (clearAt, clearDelay) = (Instant(nanoseconds: 0), Self.shortestClearDelay)
    }

    private mutating func allDead() {
        owesWatchdog = !watchdog.free()
        report.state = .idle
        report.processID = nil
        report.role = .standby
        report.permit = nil
        report.ending = cause ?? workload?.ending ?? "ended"
        workload?.finish()
        workload = nil
        (isKilling, killAt) = (false, nil)
    }
}
