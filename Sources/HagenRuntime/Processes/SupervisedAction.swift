internal import CLinux
internal import Glibc
internal import HagenEngine

/// One command that a supervisor runs for its workload: one of systemctl's, or an action of a resource agent. It has a time
/// of its own, and nobody waits for it.
struct SupervisedAction {
    struct Outcome: Equatable {
        /// `nil`: a signal ended it, or it could not be run.
        var exitCode: Int32?
        /// How it ended, in words.
        var ending: String
        /// What it wrote, where that was asked for.
        var output: String
        /// It was killed because its time was over.
        var isLate: Bool
    }
    /// Bytes of what it may write at once without a reader.
    private static let outputByteCount: Int32 = 1 << 20

    /// It is killed then.
    var deadline: Instant
    private let path: String
    private let started: ChildProcess.Started
    /// Read end of the pipe that its output goes to.
    private let captured: Int32?
    private var isLate = false

    /// - Parameters:
    ///   - command: its path, and its arguments.
    ///   - captures: whether its output is kept; otherwise it goes where the workload's goes.
    init(
        _ command: [String], environment: [String: String], in surroundings: WorkloadSurroundings,
        controlGroup: ControlGroup?, until deadline: Instant, captures: Bool, parentDeathSignal: Int32 = SIGKILL
    ) throws(EngineFailure) {
        guard let program = command.first,
            let path = ChildProcess.find(program, searchPath: environment["PATH"] ?? Self.searchPath)
        else { throw EngineFailure("there is no program '\(command.first ?? "")'") }
        var ends: [Int32] = [-1, surroundings.output]
        if captures {
            let problem = linux_pipe_non_blocking(&ends)
            guard problem == 0 else { throw EngineFailure("cannot make a pipe: \(systemMessage(-problem))") }
            linux_widen_pipe(ends[1], Self.outputByteCount)
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

    /// Gives back its descriptors; nobody wants to know how it ends.
    func discard() {
        close(started.failure)
        if let captured { close(captured) }
    }

    /// To be called once, when the process has been waited for.
    func finish(status: Int32) -> Outcome {
        let problem = ChildProcess.failure(of: started, path: path)
        close(started.failure)
        var bytes: [UInt8] = []
        if let captured {
            var buffer = [UInt8](repeating: 0, count: 64 << 10)
            while bytes.count < Self.outputByteCount {
                let count = read(captured, &buffer, buffer.count)
                guard count > 0 else { break }
                bytes += buffer.prefix(count)
            }
            close(captured)
        }
        let code = problem == nil && linux_did_exit(status) != 0 ? linux_exit_code(status) : nil
        return Outcome(
            exitCode: code, ending: isLate ? "did not end in time" : problem ?? ChildProcess.ending(status),
            output: String(decoding: bytes, as: UTF8.self), isLate: isLate)
    }
}
