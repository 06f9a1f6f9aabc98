internal import ArgumentParser
internal import HagenRuntime

/// Started by the failover agent, one for each member that its host runs. Not asynchronous: it has to stay on the
/// process's first thread.
struct SuperviseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "supervise",
        abstract: "Owns one workload and stops it when its permit ends. Started by the failover agent.",
        discussion: "For example: hagend supervise shop --socket /run/hagen/failover/shop.sock --log /tmp/shop.log")

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
