internal import FoundationEssentials
internal import Glibc

/// A subcommand of `hagend` that the agent starts and that outlives it: a supervisor, or a watchdog's keeper.
enum OutlivingProcess {
    /// It writes to the agent's log, and nobody waits to see whether it can be run: its lock tells.
    ///
    /// - Parameters:
    ///   - executable: `hagend`.
    ///   - words: the subcommand and its arguments.
    /// - Throws: in words.
    static func start(
        _ executable: String, _ words: [String], keepsNetwork: Bool = false, controlGroup: ControlGroup? = nil
    ) throws(EngineFailure) -> pid_t {
        let null = try ChildProcess.openNull()
        defer { close(null) }
        let started = try ChildProcess.start(
            ChildProcess.Specification(
                path: executable, arguments: ["hagend"] + words, environment: ProcessInfo.processInfo.environment,
                input: null, output: STDERR_FILENO, keepsNetwork: keepsNetwork, controlGroup: controlGroup))
        close(started.failure)
        return started.processID
    }
}
