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

    /// - Parameters:
    ///   - command: a program, by its path or looked for in `PATH`, and its arguments.
    ///   - environment: the whole of it.
    /// - Returns: how it ended, and what it wrote to its standard output and error.
    /// - Throws: where it could not be started.
    static func run(
        _ command: [String], environment: [String: String], timeout: Duration
    ) async throws(EngineFailure) -> SupervisedAction.Outcome {
        let null = open("/dev/null", O_RDWR | O_CLOEXEC)
        guard null >= 0 else { throw EngineFailure("cannot open /dev/null: \(systemMessage(errno))") }
        defer { close(null) }
        let surroundings = WorkloadSurroundings(input: null, output: null, controlGroup: nil, environmentFile: "")
        // The signal would follow the thread that forks, and threads come and go here.
        var action = try SupervisedAction(
            command, environment: environment, in: surroundings, controlGroup: nil, until: .now + timeout,
            captures: true, parentDeathSignal: 0)
        while true {
            if linux_has_ended(action.processID) != 0 {
                // What it left behind in its session belongs to it. Its number is its own until it is waited for.
                kill(-action.processID, SIGKILL)
                var status: Int32 = 0
                waitpid(action.processID, &status, 0)
                return action.finish(status: status)
            }
            if Task.isCancelled { action.deadline = .now }
            action.timeReached(at: .now)
            // In a task that is cancelled a sleep would be over at once.
            let pause = MultiThreadedEventLoopGroup.singleton.next().scheduleTask(in: lookInterval) {}
            try? await pause.futureResult.get()
        }
    }
}
