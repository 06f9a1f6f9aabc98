internal import CLinux
internal import Glibc
internal import HagenEngine
internal import NIOCore
internal import NIOPosix

/// A command that the agent runs and waits for, in a session of its own: it and its group of processes are killed when its time
/// is over or the task is cancelled.
enum BoundedCommand {
    /// Between two looks whether it has ended.
    private static let lookInterval: TimeAmount = .milliseconds(5)
    /// For a killed one to end.
    private static let patience: Duration = .seconds(1)

    /// - Parameters:
    ///   - command: a program, by its path or looked for in `PATH`, and its arguments.
    ///   - environment: the whole of it.
    ///   - input: all that it reads; at most what a pipe takes at once, which 32 KiB are on any ordinary host.
    /// - Returns: how it ended, and the last of what it wrote to its standard output and error.
    /// - Throws: where it could not be started, and where it does not end although it is killed.
    static func run(
        _ command: [String], environment: [String: String], input: [UInt8]? = nil, timeout: Duration
    ) async throws(EngineFailure) -> SupervisedAction.Outcome {
        let standardInput = if let input { try pipe(with: input) } else { try ChildProcess.openNull() }
        defer { close(standardInput) }
        let surroundings = WorkloadSurroundings(
            input: standardInput, output: standardInput, controlGroup: nil, environmentFile: "")
        // The signal would follow the thread that forks, and threads come and go here.
        var action = try SupervisedAction(
            command, environment: environment, in: surroundings, controlGroup: nil, until: .now + timeout,
            captures: true, isDrained: true, parentDeathSignal: 0)
        while true {
            if linux_has_ended(action.processID) != 0 {
                // What it left behind in its session belongs to it. Its number is its own until it is waited for.
                kill(-action.processID, SIGKILL)
                var status: Int32 = 0
                waitpid(action.processID, &status, 0)
                return action.finish(status: status)
            }
            if Task.isCancelled { action.deadline = min(action.deadline, .now) }
            action.timeReached(at: .now)
            guard .now < action.deadline + patience else {
                // In uninterruptible sleep: whatever happens then, its word does not count any more.
                action.discard()
                throw EngineFailure("it was killed, as it did not end in time, and has not ended yet")
            }
            action.drain()
            // In a task that is cancelled a sleep would be over at once.
            let pause = MultiThreadedEventLoopGroup.singleton.next().scheduleTask(in: lookInterval) {}
            try? await pause.futureResult.get()
        }
    }

    /// The read end of a pipe with these bytes in it, and nothing after them.
    private static func pipe(with bytes: [UInt8]) throws(EngineFailure) -> Int32 {
        var ends: [Int32] = [-1, -1]
        let problem = linux_blocking_pipe(&ends)
        guard problem == 0 else { throw EngineFailure("cannot make a pipe: \(systemMessage(-problem))") }
        defer { close(ends[1]) }
        _ = fcntl(ends[1], F_SETFL, O_NONBLOCK)
        guard write(ends[1], bytes, bytes.count) == bytes.count else {
            close(ends[0])
            throw EngineFailure("a pipe does not take its input of \(bytes.count) bytes")
        }
        return ends[0]
    }
}
