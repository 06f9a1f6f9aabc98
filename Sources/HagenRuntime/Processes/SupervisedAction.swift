internal import CLinux
internal import Glibc
internal import HagenEngine

/// One command that is run beside other work, such as systemctl's or an action of a resource agent. It has a time of its
/// own, and nobody waits for it.
struct SupervisedAction {
    struct Outcome: Equatable {
        /// `nil`: a signal ended it, or it could not be run.
        var exitCode: Int32?
        /// How it ended, in words.
        var ending: String
        /// The last of what it wrote, where that was asked for.
        var output: String
        /// It was killed because its time was over.
        var isLate: Bool
    }
    /// Bytes of what it may write at once without a reader, and of what is kept.
    private static let outputByteCount = 1 << 20

    /// It is killed then.
    var deadline: Instant
    private let path: String
    private let started: ChildProcess.Started
    /// Read end of the pipe that its output goes to.
    private let captured: Int32?
    private var output: [UInt8] = []
    private var isLate = false

    /// - Parameters:
    ///   - command: its path, and its arguments.
    ///   - captures: whether its output is kept; otherwise it goes where the workload's goes.
    ///   - isDrained: somebody calls `drain` while it runs, and it waits for that where it writes fast. Otherwise what is
    ///     too much for a pipe is lost.
    init(
        _ command: [String], environment: [String: String], in surroundings: WorkloadSurroundings,
        controlGroup: ControlGroup?, until deadline: Instant, captures: Bool, isDrained: Bool = false,
        parentDeathSignal: Int32 = SIGKILL
    ) throws(EngineFailure) {
        guard let program = command.first,
            let path = ChildProcess.find(program, searchPath: environment["PATH"] ?? Self.searchPath)
        else { throw EngineFailure("there is no program '\(command.first ?? "")'") }
        var ends: [Int32] = [-1, surroundings.output]
        if captures {
            let problem = linux_pipe_non_blocking(&ends)
            guard problem == 0 else { throw EngineFailure("cannot make a pipe: \(systemMessage(-problem))") }
            linux_widen_pipe(ends[1], Int32(Self.outputByteCount))
            if isDrained { _ = fcntl(ends[1], F_SETFL, 0) }
        }
        defer { if captures { close(ends[1]) } }
        do {
            started = try ChildProcess.start(
                ChildProcess.Specification(
                    path: path, arguments: command, environment: environment, input: surroundings.input,
                    output: ends[1], parentDeathSignal: parentDeathSignal, controlGroup: controlGroup))
        } catch {
            if captures { close(ends[0]) }
            throw error
        }
        captured = captures ? ends[0] : nil
        self.path = path
        self.deadline = deadline
    }

    static let searchPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

    var processID: pid_t { started.processID }

    /// When `timeReached` has something to do.
    var wake: Instant? { isLate ? nil : deadline }

    /// Ends it and its group where its time is over.
    mutating func timeReached(at now: Instant) {
        guard deadline <= now, !isLate else { return }
        isLate = true
        kill()
    }

    func kill() {
        if Glibc.kill(-started.processID, SIGKILL) != 0 { Glibc.kill(started.processID, SIGKILL) }
    }

    /// Reads what it has written until now, so that one that writes much goes on; the last of it is kept.
    mutating func drain() {
        guard let captured else { return }
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        var total = 0
        while total < Self.outputByteCount {
            let count = read(captured, &buffer, buffer.count)
            guard count > 0 else { return }
            output += buffer.prefix(count)
            total += count
            if output.count > Self.outputByteCount { output.removeFirst(output.count - Self.outputByteCount) }
        }
    }

    /// Gives back its descriptors; nobody wants to know how it ends.
    func discard() {
        close(started.failure)
        if let captured { close(captured) }
    }

    /// To be called once, when the process has been waited for.
    func finish(status: Int32) -> Outcome {
        let problem = ChildProcess.failure(of: started, path: path)
        close(started.failure)
        var last = self
        last.drain()
        if let captured { close(captured) }
        let code = problem == nil && linux_did_exit(status) != 0 ? linux_exit_code(status) : nil
        return Outcome(
            exitCode: code, ending: isLate ? "did not end in time" : problem ?? ChildProcess.ending(status),
            output: String(decoding: last.output, as: UTF8.self), isLate: isLate)
    }
}
