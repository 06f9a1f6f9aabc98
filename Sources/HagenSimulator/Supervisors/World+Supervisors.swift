internal import Hagen
internal import HagenEngine

/// The shell of a supervisor: it tells the machine what was ordered and what became of it, and performs what the machine says.
extension World {
    mutating func handleSupervisor(_ event: WorldEvent) {
        switch event {
        case .order(let host, let life, let number, let directive):
            guard canSupervise(host, life, event) else { return }
            // Before anything that arrived: a message that was late must not find an old permit alive.
            enforce(host)
            take(directive, host)
            reply(host, to: number)
        case .enforce(let host, let life, let timer):
            guard canSupervise(host, life, event), hosts[host].supervisor?.timer == timer else { return }
            enforce(host)
            plan(host)
        case .announceAddress(let host, let life, let run):
            guard canSupervise(host, life, event) else { return }
            announceAddress(host, run: run)
        default: preconditionFailure("not of a supervisor: \(event)")
        }
    }

    private mutating func canSupervise(_ host: Int, _ life: Int, _ event: WorldEvent) -> Bool {
        guard hosts[host].supervisor?.life == life else { return false }
        guard let resumes = hosts[host].supervisorResumes(after: now) else { return true }
        queue.push(event, at: resumes)
        return false
    }

    /// Tells the agent that runs now, if there is one.
    mutating func reply(_ host: Int, to order: Int? = nil) {
        guard let life = hosts[host].agent?.life, let answered = hosts[host].agent?.lastAnsweredOrder,
            let supervisor = hosts[host].supervisor
        else { return }
        let arrival = max(now + socketDelay(), supervisor.repliesArrival)
        hosts[host].supervisor?.repliesArrival = arrival
        queue.push(
            .deliver(host: host, life: life, .report(supervisor.report, answersOrder: order ?? answered)), at: arrival)
    }

    /// What the supervisor takes for the time.
    private func supervisorReading(of host: Int) -> Instant {
        let lost = hosts[host].supervisor?.lostTime ?? 0
        return Instant(nanoseconds: reading(of: host).nanoseconds - lost)
    }

    private func supervisorMoment(of instant: Instant, on host: Int) -> VirtualTime {
        moment(of: instant, on: host) + (hosts[host].supervisor?.lostTime ?? 0)
    }

    private mutating func enforce(_ host: Int) {
        if let permit = hosts[host].supervisor?.report.permit, permit.deadline <= supervisorReading(of: host),
            hosts[host].supervisor?.machine.isKilling == false
        {
            checkLease(of: host, epoch: permit.epoch)
        }
        supervise(host) { $0.timeReached(at: $1) }
    }

    private mutating func take(_ directive: MemberDirective, _ host: Int) {
        switch directive {
        case .start(let run, let role, let permit):
            supervise(host, starting: (role, permit)) { $0.startOrdered(run, permit: permit, at: $1) }
        case .extend(let run, let permit): supervise(host) { $0.extensionOrdered(run, permit, at: $1) }
        case .promote(let run, let permit): supervise(host) { $0.promotionOrdered(run, permit, at: $1) }
        case .stop(let run): supervise(host) { $0.stopOrdered(run, at: $1) }
        case .kill(let run): supervise(host) { machine, _ in machine.killOrdered(run) }
        default: break
        }
    }

    /// Lets something happen to a supervisor and performs what its machine says.
    ///
    /// - Parameter starting: what was ordered, where it was a start.
    mutating func supervise(
        _ host: Int, starting: (role: MemberRole, permit: Permit?)? = nil,
        _ event: (inout SupervisorMachine, Instant) -> [SupervisorDirective]
    ) {
        let reading = supervisorReading(of: host)
        guard let directives = hosts[host].supervisor.mutate({ event(&$0.machine, reading) }) else { return }
        for directive in directives { obey(directive, host, starting: starting) }
    }

    private mutating func obey(
        _ directive: SupervisorDirective, _ host: Int, starting: (role: MemberRole, permit: Permit?)?
    ) {
        switch directive {
        case .start: if let starting { start(host, starting.role, starting.permit) }
        case .extend(let deadline):
            openGate(host, until: deadline)
            checkActing(host)
        case .promote(let permit):
            hosts[host].supervisor?.machine.promoted(permit)
            openGate(host, until: permit.deadline)
            becomeActive(host, permit, in: settings.workload.promotion)
        case .stop: stopWorkload(host)
        case .kill: killWorkload(host)
        case .clear:
            hosts[host].gateOpenUntil = 0
            removeAddress(host)
        // The report that follows each order says how things are.
        case .refuse: break
        }
    }

    private mutating func start(_ host: Int, _ role: MemberRole, _ permit: Permit?) {
        let process = nextProcess(host)
        let stopTimeout = settings.workload.stopTimeout
        hosts[host].supervisor?.machine.started(
            processID: Int32(process), role: role, permit: permit, stopTimeout: stopTimeout)
        hosts[host].workload = SimulatedWorkload(process: process, role: role, epoch: permit?.epoch ?? 0)
        if now < hosts[host].workloadFailsUntil {
            endLater(host, process, in: 10 * Span.millisecond...50 * Span.millisecond, "exited with status 1")
        }
        guard let permit else { return }
        openGate(host, until: permit.deadline)
        if role == .active { becomeActive(host, permit, in: settings.workload.start) }
    }

    /// Tells the kernel of the permit, and plans its end.
    private mutating func openGate(_ host: Int, until deadline: Instant) {
        hosts[host].gateOpenUntil = max(supervisorMoment(of: deadline, on: host), now)
        plan(host)
    }

    /// Sets the timer to what the machine waits for.
    private mutating func plan(_ host: Int) {
        hosts[host].supervisor?.timer += 1
        guard let supervisor = hosts[host].supervisor, let wake = supervisor.machine.wake else { return }
        // The supervisor runs with real-time priority: it is late by little.
        queue.push(
            .enforce(host: host, life: supervisor.life, timer: supervisor.timer),
            at: max(supervisorMoment(of: wake, on: host), now) + random.hosts.number(0...Span.millisecond))
    }

    private mutating func becomeActive(_ host: Int, _ permit: Permit, in delay: Duration) {
        guard let workload = hosts[host].workload else { return }
        hosts[host].workload?.role = .active
        hosts[host].workload?.epoch = permit.epoch
        statistics.activations += 1
        note(host, "its workload is made active in epoch \(permit.epoch)")
        checkActivation(host, epoch: permit.epoch)
        addAddress(host)
        schedule(in: delay.nanoseconds, .openData(host: host, process: workload.process))
    }

    /// One that ignores SIGTERM serves on, for its address stays until it is killed.
    private mutating func stopWorkload(_ host: Int) {
        guard let workload = hosts[host].workload else { return }
        if now >= hosts[host].workloadHangsUntil {
            hosts[host].workload?.isOpen = false
            let time = settings.workload.stop.nanoseconds
            endLater(host, workload.process, in: time...time, "was stopped")
        }
        plan(host)
    }

    private mutating func killWorkload(_ host: Int) {
        guard let workload = hosts[host].workload, let cause = hosts[host].supervisor?.machine.cause else { return }
        note(host, "its workload \(cause)")
        // A process that got SIGKILL runs no line of its own any more, however long its end takes.
        hosts[host].workload?.isOpen = false
        hosts[host].gateOpenUntil = min(hosts[host].gateOpenUntil, now)
        if settings.planted != .addressKeptAfterExpiry { removeAddress(host) }
        endLater(host, workload.process, in: 0...10 * Span.millisecond, cause, isKill: true)
        reply(host)
    }
}
