internal import ArgumentParser

/// The runtime's binary on each host.
@main
struct Daemon: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hagend",
        abstract: "What Hagen runs on each host: its engines, and what the failover agent and systemd start.",
        discussion: """
            For example: hagend failover --configuration /etc/hagen/failover.json

            Exit codes: 0 done, 1 failed, 64 wrong usage, 78 wrong configuration.
            """,
        subcommands: [
            CoordinatorCommand.self,
            BalancerCommand.self,
            FailoverCommand.self,
            MonitorCommand.self,
            SuperviseCommand.self,
            PermitCommand.self,
            WatchdogCommand.self,
        ])

    /// Commands that are not asynchronous run on the process's first thread: the supervisor's children are bound to the
    /// life of the thread that started them.
    @MainActor
    static func main() async {
        do {
            var command = try parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch {
            exit(withError: error)
        }
    }
}
