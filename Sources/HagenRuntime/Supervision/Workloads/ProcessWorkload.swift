internal import CLinux
internal import Glibc
internal import Hagen
internal import HagenEngine

/// A program that the supervisor runs itself. Its end is the end of the workload: what it left behind belongs to it, and must
/// not run beside whatever comes next.
struct ProcessWorkload: SupervisedWorkload {
    private var group: WorkloadGroup
    private let path: String
    private var main: ChildProcess.Started?
    private(set) var ending: String?
    /// When the workload is told of its new role, and how long to wait should it still not listen then.
    private var tell: (at: Instant, otherwiseAfter: Duration)?

    /// - Parameter admit: the last look at the permit, just before the program runs.
    /// - Throws: in words, where it cannot be started.
    init(
        _ process: FailoverConfiguration.Workload.Process, _ start: WorkloadStart,
        in surroundings: WorkloadSurroundings, admit: () throws(EngineFailure) -> Void
    ) throws(EngineFailure) {
        guard let program = process.command.first else { throw EngineFailure("its command is empty") }
        let searchPath = start.environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
        guard let path = ChildProcess.find(program, searchPath: searchPath) else {
            throw EngineFailure("there is no program '\(program)' in the working folder nor in PATH")
        }
        let user: UserIdentity? = if let name = process.user { try UserIdentity.named(name) } else { nil }
        if let file = start.roleFile {
            try RoleFile.write(start.role, epoch: start.permit?.epoch ?? 0, to: file)
        }
        var group = try WorkloadGroup(surroundings.controlGroup)
        do {
            try admit()
            main = try ChildProcess.start(
                ChildProcess.Specification(
                    path: path, arguments: process.command, environment: start.environment, input: surroundings.input,
                    output: surroundings.output, parentDeathSignal: SIGKILL, user: user,
                    controlGroup: group.controlGroup))
        } catch {
            group.close()
            throw error
        }
        self.path = path
        self.group = group
    }

    var processID: pid_t? { main?.processID }
    var wake: Instant? { tell?.at }
    var watched: Int32? { group.events }
    var isDead: Bool { main == nil && group.isEmpty }

    mutating func stop(at now: Instant) {
        tell = nil
        // A child that has just been started may not lead its group yet.
        if let main, Glibc.kill(-main.processID, SIGTERM) != 0 { Glibc.kill(main.processID, SIGTERM) }
    }

    /// What has left both groups is looked for by `clear`. The number of the group of processes is nobody else's while its
    /// leader has not been waited for.
    mutating func kill() {
        tell = nil
        group.kill()
        if let main, Glibc.kill(-main.processID, SIGKILL) != 0 { Glibc.kill(main.processID, SIGKILL) }
    }

    mutating func clear(at now: Instant) { group.killAll() }
    mutating func watchedChanged(at now: Instant) { group.acknowledge() }
    mutating func finish() { group.close() }

    mutating func timeReached(at now: Instant) {
        guard let tell, tell.at <= now else { return }
        tellOfRole(at: now, otherwiseAfter: tell.otherwiseAfter)
    }

    mutating func roleChanged(at now: Instant) { tellOfRole(at: now, otherwiseAfter: .milliseconds(5)) }

    /// SIGHUP once the process listens for it. One that has only just begun would be ended by it; it has yet to read the
    /// file, and so learns its role anyway.
    private mutating func tellOfRole(at now: Instant, otherwiseAfter delay: Duration) {
        tell = nil
        guard let main else { return }
        if ChildProcess.isExecuted(main), ProcessTree.listens(main.processID, for: SIGHUP) {
            Glibc.kill(main.processID, SIGHUP)
        } else {
            tell = (now + delay, min(delay * 2, .seconds(1)))
        }
    }

    mutating func childEnded(_ process: pid_t, status: Int32, at now: Instant) {
        guard let main, process == main.processID else { return }
        ending = ChildProcess.failure(of: main, path: path) ?? ChildProcess.ending(status)
        close(main.failure)
        self.main = nil
        tell = nil
    }
}
