internal import ArgumentParser
internal import HagenRuntime

/// Started by the failover agent, one for each member that its host runs. Not asynchronous: it has to stay on the
/// process's first thread.
struct SuperviseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "supervise",
        abstract: "Owns one workload and stops it when its permit ends. Started by the failover agent.",
        discussion: """
            It ends when the agent tells it to, or does not come for long, and nothing of the workload is left.

            For example: hagend supervise shop --socket /run/hagen/failover/supervise/shop.sock \
            --log /var/lib/hagen/failover/shop.log

            Exit codes: 0 nothing of the workload is left, 1 failed, 64 wrong usage.
            """)

    @Argument(help: "The cluster whose workload it is; only to be read in the list of processes.")
    var cluster: String

    @Option(help: "Where the agent reaches it.")
    var socket: String

    @Option(help: "The file that the workload's output is appended to.")
    var log: String

    @Option(help: "The folder of the control group that the workload's processes are put into.")
    var controlGroup: String?

    func run() throws {
        do {
            var loop = try SupervisorLoop(socket: socket, log: log, controlGroup: controlGroup)
            loop.run()
        } catch {
            EngineLog.say(error)
            throw ExitCode(error.exitCode)
        }
    }
}
