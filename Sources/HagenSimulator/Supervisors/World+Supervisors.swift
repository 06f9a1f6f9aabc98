internal import Hagen
internal import HagenEngine

/// What a supervisor does with orders and with time: the enforcement of the permit (rule 7).
extension World {
    mutating func handleSupervisor(_ event: WorldEvent) {
        switch event {
        case .order(let host, let life, let number, let directive):
            guard canSupervise(host, life, event) else { return }
            // Before anything that arrived: a message that was late must not find an old permit alive.
            enforce(host)
            obey(directive, host)
            reply(host, to: number)
        case .enforce(let host, let life, let timer):
            guard canSupervise(host, life, event), hosts[host].supervisor?.timer == timer else { return }
            enforce(host)
        case .stopTimedOut(let host, let life, let run):
            guard canSupervise(host, life, event), let supervisor = hosts[host].supervisor,
                supervisor.report.run == run, supervisor.report.state == .ending, !supervisor.isKilling
            else { return }
            beginKilling(host, "was killed: it did not stop in time")
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

    private mutating func enforce(_ host: Int) {
        guard let supervisor = hosts[host].supervisor, supervisor.report.state != .idle, !supervisor.isKilling,
            let permit = supervisor.report.permit, permit.deadline <= reading(of: host)
        else { return }
        checkLease(of: host, epoch: permit.epoch)
        beginKilling(host, "was killed: its permit for epoch \(permit.epoch) ended")
    }

    private mutating func obey(_ directive: MemberDirective, _ host: Int) {
        guard let report = hosts[host].supervisor?.report else { return }
        switch directive {
        case .start(let run, let role, let permit): start(host, run: run, role: role, permit: permit)
        case .extend(let run, let permit):
            guard run == report.run, report.state != .idle, let current = report.permit,
                permit.epoch == current.epoch, reading(of: host) < current.deadline
            else { return }
            hold(host, to: Permit(epoch: permit.epoch, deadline: max(current.deadline, permit.deadline)))
            checkActing(host)
        case .promote(let run, let permit):
            guard run == report.run, report.state == .running, report.role == .standby else { return }
            guard admits(permit, host) else { return beginKilling(host, "was not made active") }
            hosts[host].supervisor?.report.role = .active
            hold(host, to: permit)
            becomeActive(host, permit, in: settings.workload.promotion)
        case .stop(let run): if run == report.run { stop(host) }
        case .kill(let run):
            if run == report.run, report.state != .idle { beginKilling(host, "was killed as ordered") }
        default: break
        }
    }

    private mutating func start(_ host: Int, run: UInt64, role: MemberRole, permit: Permit?) {
        guard let report = hosts[host].supervisor?.report, run > report.run else { return }
        hosts[host].supervisor?.report.run = run
        guard report.state == .idle else { return }
        if let permit, !admits(permit, host) {
            hosts[host].supervisor?.report.ending = "was not started: its permit is over"
            return
        }
        let process = nextProcess(host)
        hosts[host].supervisor?.isKilling = false
        hosts[host].supervisor?.report = SupervisorReport(
            run: run, state: .running, processID: Int32(process), role: role, permit: permit)
        hosts[host].workload = SimulatedWorkload(process: process, role: role, epoch: permit?.epoch ?? 0)
        if now < hosts[host].workloadFailsUntil {
            endLater(host, process, in: 10 * Span.millisecond...50 * Span.millisecond, "exited with status 1")
        }
        guard let permit else { return }
        hold(host, to: permit)
        if role == .active { becomeActive(host, permit, in: settings.workload.start) }
    }

    private mutating func admits(_ permit: Permit, _ host: Int) -> Bool {
        guard let highest = hosts[host].supervisor?.highestEpoch, permit.epoch >= highest,
            reading(of: host) < permit.deadline
        else { return false }
        hosts[host].supervisor?.highestEpoch = permit.epoch
        return true
    }

    /// Keeps the permit, here and in the kernel, and plans its end.
    private mutating func hold(_ host: Int, to permit: Permit) {
        hosts[host].supervisor?.report.permit = permit
        hosts[host].supervisor?.timer += 1
        guard let supervisor = hosts[host].supervisor else { return }
        let end = max(moment(of: permit.deadline, on: host), now)
        hosts[host].gateOpenUntil = end
        // The supervisor runs with real-time priority: it is late by little.
        queue.push(
            .enforce(host: host, life: supervisor.life, timer: supervisor.timer),
            at: end + random.hosts.number(0...Span.millisecond))
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

    private mutating func stop(_ host: Int) {
        guard let supervisor = hosts[host].supervisor, supervisor.report.state == .running,
            let workload = hosts[host].workload
        else { return }
        hosts[host].supervisor?.report.state = .ending
        removeAddress(host)
        if now >= hosts[host].workloadHangsUntil {
            let time = settings.workload.stop.nanoseconds
            endLater(host, workload.process, in: time...time, "was stopped")
        }
        schedule(
            in: settings.workload.stopTimeout.nanoseconds,
            .stopTimedOut(host: host, life: supervisor.life, run: supervisor.report.run))
    }

    mutating func beginKilling(_ host: Int, _ cause: String) {
        guard let supervisor = hosts[host].supervisor, !supervisor.isKilling, let workload = hosts[host].workload
        else { return }
        note(host, "its workload \(cause)")
        hosts[host].supervisor?.isKilling = true
        // A process that got SIGKILL runs no line of its own any more, however long its end takes.
        hosts[host].workload?.isOpen = false
        hosts[host].supervisor?.report.state = .ending
        if settings.planted != .addressKeptAfterExpiry { removeAddress(host) }
        endLater(host, workload.process, in: 0...10 * Span.millisecond, cause, isKill: true)
        reply(host)
    }
}
