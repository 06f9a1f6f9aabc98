internal import CLinux
internal import Glibc
internal import Hagen
internal import HagenEngine

/// One workload, everything that descends from it, and the permit that it runs under (rule 7 of the safety page).
///
/// The whole of the workload is dead when this process has no child left: as a subreaper it inherits every orphan of its
/// descendants, so nothing of the workload can live outside its children. A process in uninterruptible sleep is
/// still a child, and so the workload counts as alive until it is gone.
struct WorkloadSupervisor {
    private static let shortestClearDelay: Duration = .milliseconds(10)
    private static let longestClearDelay: Duration = .seconds(1)

    private(set) var report = SupervisorReport(run: 0, state: .idle)
    private let input: Int32
    private let output: Int32
    private var start: WorkloadStart?
    private var main: ChildProcess.Started?
    private var path = ""
    private var isKilling = false
    /// When to look again for what is left, and how long to wait after that.
    private var clearAt = Instant(nanoseconds: 0)
    private var clearDelay = Self.shortestClearDelay
    private var killAt: Instant?
    /// Why the workload was made to end, in words; how the process ended speaks where this is `nil`.
    private var cause: String?
    private var exit: String?
    /// When the workload is told of its new role, and how long to wait should it still not listen then.
    private var tell: (at: Instant, otherwiseAfter: Duration)?
    /// The highest epoch of any permit: whoever carries an older one is refused.
    private var highestEpoch: UInt64 = 0

    /// - Parameters:
    ///   - input: becomes the workload's standard input.
    ///   - output: becomes its standard output and error.
    init(input: Int32, output: Int32) {
        self.input = input
        self.output = output
    }

    /// When `enforce` or `clear` has something to do; `nil` where nothing limits the run.
    var wake: Instant? {
        guard report.state != .idle else { return nil }
        guard !isKilling else { return clearAt }
        return [report.permit?.deadline, killAt, tell?.at].compactMap { $0 }.min()
    }

    /// Kills what has no right to run any more; to be called before anything that arrived is looked at.
    mutating func enforce(at now: Instant) {
        guard report.state != .idle else { return }
        if let permit = report.permit, permit.deadline <= now, !isKilling {
            beginKilling("was killed: its permit for epoch \(permit.epoch) ended")
        } else if let killAt, killAt <= now, !isKilling {
            beginKilling("was killed: it did not stop in time")
        } else if let tell, tell.at <= now, !isKilling {
            tellOfRole(at: now, otherwiseAfter: tell.otherwiseAfter)
        }
    }

    /// Looks for what is left of a workload that is being killed, and kills it. The looks come less often while nothing
    /// dies: a process in uninterruptible sleep must not cost a processor.
    mutating func clear(at now: Instant) {
        guard isKilling, clearAt <= now else { return }
        for process in ProcessTree.descendants(of: getpid()) { kill(process, SIGKILL) }
        clearAt = now + clearDelay
        clearDelay = min(clearDelay * 2, Self.longestClearDelay)
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
        guard report.state == .running, let main else { return }
        report.state = .ending
        cause = "was stopped"
        killAt = now + .nanoseconds(start?.stopTimeoutInNanoseconds ?? 0)
        // A child that has just been started may not lead its group yet.
        if kill(-main.processID, SIGTERM) != 0 { kill(main.processID, SIGTERM) }
    }

    /// Takes note of every child that has ended.
    mutating func reap() {
        while true {
            var status: Int32 = 0
            let child = linux_reap(&status)
            if child == -EINTR { continue }
            if child == -ECHILD {
                if report.state != .idle { allDead() }
                return
            }
            guard child > 0 else { break }
            // Its children, if it had any, are ours now.
            if isKilling { clearSoon() }
            if let main, child == main.processID { mainEnded(main, status) }
        }
    }

    private mutating func perform(_ start: WorkloadStart, at now: Instant) -> String? {
        guard start.run > report.run else { return "run \(start.run) is not newer than \(report.run)" }
        report.run = start.run
        guard report.state == .idle else { return "the run before is not dead yet" }
        func refused(_ reason: String) -> String { "was not started: \(reason)" }
        do {
            if let permit = start.permit { try admit(permit, at: now) }
            try spawn(start)
        } catch {
            report.ending = refused(error.description)
            return report.ending
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

    private mutating func spawn(_ start: WorkloadStart) throws(EngineFailure) {
        guard case .process(let process) = start.workload else {
            throw EngineFailure("this supervisor cannot run a workload of its kind")
        }
        guard let program = process.command.first else { throw EngineFailure("its command is empty") }
        let searchPath = start.environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
        guard let path = ChildProcess.find(program, searchPath: searchPath) else {
            throw EngineFailure("there is no program '\(program)' in the working folder nor in PATH")
        }
        let user: UserIdentity? = if let name = process.user { try UserIdentity.named(name) } else { nil }
        if let file = start.roleFile {
            try RoleFile.write(start.role, epoch: start.permit?.epoch ?? 0, to: file)
        }
        // The file and the user database may have taken their time.
        if let permit = start.permit { try admit(permit, at: .now) }
        main = try ChildProcess.start(
            ChildProcess.Specification(
                path: path, arguments: process.command, environment: start.environment, input: input, output: output,
                parentDeathSignal: SIGKILL, user: user))
        self.start = start
        self.path = path
        (isKilling, killAt, tell, cause, exit) = (false, nil, nil, nil, nil)
        report.state = .running
        report.processID = main?.processID
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
        report.permit?.deadline = max(current.deadline, permit.deadline)
        return nil
    }

    private mutating func promote(_ run: UInt64, _ permit: Permit, at now: Instant) -> String? {
        guard run == report.run, report.state == .running, report.role == .standby, main != nil else {
            return "there is no running standby of run \(run)"
        }
        do {
            try admit(permit, at: now)
            if let file = start?.roleFile { try RoleFile.write(.active, epoch: permit.epoch, to: file) }
            try admit(permit, at: .now)
        } catch {
            beginKilling("was not made active: \(error)")
            return error.description
        }
        report.permit = permit
        report.role = .active
        tellOfRole(at: now, otherwiseAfter: .milliseconds(5))
        return nil
    }

    /// SIGHUP once the process listens for it. One that has only just begun would be ended by it; it has yet to read the
    /// file, and so learns its role anyway.
    private mutating func tellOfRole(at now: Instant, otherwiseAfter delay: Duration) {
        tell = nil
        guard report.state == .running, let main else { return }
        if ChildProcess.isExecuted(main), ProcessTree.listens(main.processID, for: SIGHUP) {
            kill(main.processID, SIGHUP)
        } else {
            tell = (now + delay, min(delay * 2, .seconds(1)))
        }
    }

    private mutating func beginKilling(_ cause: String) {
        isKilling = true
        self.cause = cause
        report.state = .ending
        // At once; what has left the group is looked for by `clear`. The group's number is nobody else's while its leader
        // has not been waited for; a child that has just been started may not lead it yet.
        if let main, kill(-main.processID, SIGKILL) != 0 { kill(main.processID, SIGKILL) }
        clearSoon()
    }

    private mutating func clearSoon() {
        (clearAt, clearDelay) = (Instant(nanoseconds: 0), Self.shortestClearDelay)
    }

    private mutating func mainEnded(_ main: ChildProcess.Started, _ status: Int32) {
        exit =
            if let problem = ChildProcess.failure(of: main, path: path) {
                problem
            } else if linux_did_exit(status) != 0 {
                "exited with status \(linux_exit_code(status))"
            } else {
                "was ended by signal \(linux_exit_signal(status))"
            }
        close(main.failure)
        self.main = nil
        report.processID = nil
        report.state = .ending
        // What it left behind belongs to it, and must not run beside whatever comes next.
        isKilling = true
        clearSoon()
    }

    private mutating func allDead() {
        report.state = .idle
        report.processID = nil
        report.role = .standby
        report.permit = nil
        report.ending = cause ?? exit ?? "ended"
        (isKilling, killAt, tell) = (false, nil, nil)
    }
}

/// The file from which a hot standby learns what it is: `ROLE EPOCH` and a line's end.
enum RoleFile {
    /// Replaces the file at once: a reader sees the old line or the new one.
    static func write(_ role: MemberRole, epoch: UInt64, to path: String) throws(EngineFailure) {
        let temporary = path + ".new"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o644)
        guard descriptor >= 0 else {
            throw EngineFailure("cannot write the role file '\(temporary)': \(systemMessage(errno))")
        }
        let line = Array("\(role.rawValue) \(epoch)\n".utf8)
        let isWritten = Glibc.write(descriptor, line, line.count) == line.count
        fchmod(descriptor, 0o644)
        close(descriptor)
        guard isWritten, rename(temporary, path) == 0 else {
            throw EngineFailure("cannot write the role file '\(path)': \(systemMessage(errno))")
        }
    }
}
