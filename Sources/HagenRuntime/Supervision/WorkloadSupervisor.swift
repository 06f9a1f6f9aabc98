internal import CLinux
internal import Glibc
internal import Hagen
internal import HagenEngine

/// One workload, everything that descends from it, and the permit that it runs under (rule 7 of the safety page).
///
/// Its machine decides when the workload has to stop or to die, and what an order means; how that is done, and what proves it
/// dead, differs between the kinds of workload (`SupervisedWorkload`).
struct WorkloadSupervisor {
    private static let shortestClearDelay: Duration = .milliseconds(10)
    private static let longestClearDelay: Duration = .seconds(1)

    private var machine = SupervisorMachine()
    private let surroundings: WorkloadSurroundings
    let network: WorkloadNetwork
    private let watchdog: WatchdogClaim
    private var start: WorkloadStart?
    /// `nil` while the supervisor is idle.
    private var workload: (any SupervisedWorkload)?
    /// When to look again for what is left, and how long to wait after that.
    private var clearAt = Instant(nanoseconds: 0)
    private var clearDelay = Self.shortestClearDelay
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

    var report: SupervisorReport { machine.report }

    /// When `enforce` or `clear` has something to do; `nil` where nothing limits the run.
    var wake: Instant? {
        guard report.state != .idle else { return owesWatchdog ? .now + Self.longestClearDelay : nil }
        return [machine.isKilling ? clearAt : machine.wake, workload?.wake, network.wake].compactMap { $0 }.min()
    }

    /// A descriptor on which POLLPRI says that processes of the workload came or went.
    var watched: Int32? { workload?.watched }

    /// Kills what has no right to run any more; to be called before anything that arrived is looked at.
    mutating func enforce(at now: Instant) {
        if owesWatchdog { owesWatchdog = !watchdog.free() }
        guard report.state != .idle else { return }
        obey(machine.timeReached(at: now), at: now)
        workload?.timeReached(at: now)
        network.act(at: now)
        settle()
    }

    /// Looks for what is left of a workload that is being killed, and kills it. The looks come less often while nothing
    /// dies: a process in uninterruptible sleep must not cost a processor.
    mutating func clear(at now: Instant) {
        guard machine.isKilling, clearAt <= now else { return }
        workload?.clear(at: now)
        clearAt = now + clearDelay
        clearDelay = min(clearDelay * 2, Self.longestClearDelay)
        settle()
    }

    /// Obeys, or says why not.
    mutating func perform(_ order: SupervisorRequest.Order, at now: Instant) -> String? {
        switch order {
        case .settle(let run):
            machine.settleOrdered(run)
            return nil
        case .start(let start):
            return obey(machine.startOrdered(start.run, permit: start.permit, at: now), start, at: now)
        case .extend(let run, let permit): return obey(machine.extensionOrdered(run, permit, at: now), at: now)
        case .promote(let run, let permit): return obey(machine.promotionOrdered(run, permit, at: now), at: now)
        case .stop(let run): return obey(machine.stopOrdered(run, at: now), at: now)
        case .kill(let run): return obey(machine.killOrdered(run), at: now)
        case .leave: return obey(machine.leaveOrdered(), at: now)
        }
    }

    mutating func stop(at now: Instant) { obey(machine.stop(at: now), at: now) }

    /// Takes note of every child that has ended.
    mutating func reap(at now: Instant) {
        while true {
            var status: Int32 = 0
            let child = linux_reap(&status)
            if child == -EINTR { continue }
            guard child > 0 else { break }
            // Its children, if it had any, are ours now.
            if machine.isKilling { clearSoon() }
            workload?.childEnded(child, status: status, at: now)
        }
        settle()
    }

    /// Processes of the workload came or went.
    mutating func watchedChanged(at now: Instant) {
        workload?.watchedChanged(at: now)
        settle()
    }

    /// Does what the machine says.
    ///
    /// - Parameter start: what was ordered, where it was a start.
    /// - Returns: why the order is not obeyed, in words.
    @discardableResult
    private mutating func obey(
        _ directives: [SupervisorDirective], _ start: WorkloadStart? = nil, at now: Instant
    ) -> String? {
        var refusal: String?
        for directive in directives {
            switch directive {
            case .start: if let start { refusal = perform(start) }
            case .extend(let deadline): extend(until: deadline, at: now)
            case .promote(let permit): refusal = promote(permit)
            case .stop:
                workload?.stop(at: now)
                settle()
            case .kill:
                workload?.kill()
                _ = network.release()
                clearSoon()
            case .clear:
                _ = network.release()
                clearSoon()
            case .refuse(let reason): refusal = reason
            }
        }
        return refusal
    }

    /// Draws the conclusions of what the workload says of itself.
    private mutating func settle() {
        guard let workload else { return }
        machine.processChanged(to: workload.processID)
        if workload.ending != nil { obey(machine.ended(), at: .now) }
        // With an address that is still there the member has not ended.
        if machine.isKilling, workload.isDead, network.release() { allDead() }
    }

    private mutating func perform(_ start: WorkloadStart) -> String? {
        do {
            try begin(start)
            return nil
        } catch {
            let isClear = network.release()
            if isClear {
                owesWatchdog = !watchdog.free()
            } else {
                // An address may still be there: the member has not ended.
                workload = AddressesAlone()
            }
            return obey(machine.couldNotStart(error.description, isClear: isClear), at: .now)
        }
    }

    private mutating func admit(_ permit: Permit) throws(EngineFailure) {
        if let problem = machine.admit(permit, at: .now) { throw EngineFailure(problem) }
    }

    private mutating func begin(_ start: WorkloadStart) throws(EngineFailure) {
        // Files, the user database and systemd may take their time.
        func admitNow() throws(EngineFailure) {
            if let permit = start.permit { try admit(permit) }
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
        machine.started(
            processID: workload?.processID, role: start.role, permit: start.permit,
            stopTimeout: .nanoseconds(start.stopTimeoutInNanoseconds))
    }

    private mutating func extend(until deadline: Instant, at now: Instant) {
        // A keeper that is gone lets the device reset the host; the permit is not the place to say so.
        try? watchdog.hold(until: deadline, of: start)
        if report.role == .active, let problem = network.extend(until: deadline, at: now) {
            obey(machine.failed(problem), at: now)
        }
    }

    private mutating func promote(_ permit: Permit) -> String? {
        do {
            if let file = start?.roleFile { try RoleFile.write(.active, epoch: permit.epoch, to: file) }
            try admit(permit)
            try watchdog.hold(until: permit.deadline, of: start)
            machine.promoted(permit)
            workload?.roleChanged(at: .now)
            try network.take(until: permit.deadline, at: .now)
        } catch {
            return obey(machine.couldNotPromote(error.description), at: .now)
        }
        network.announce(at: .now)
        return nil
    }

    private mutating func clearSoon() {
        (clearAt, clearDelay) = (Instant(nanoseconds: 0), Self.shortestClearDelay)
    }

    private mutating func allDead() {
        owesWatchdog = !watchdog.free()
        machine.provedDead(ending: workload?.ending)
        workload?.finish()
        workload = nil
    }
}
