internal import ArgumentParser
internal import Hagen
internal import HagenRuntime

/// `hagend permit`: the condition in the drop-in of a systemd unit that Hagen runs.
struct PermitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "permit",
        abstract: "Exits with 0 only while the cluster's workload may run on this host; with 1 otherwise.",
        discussion: """
            In a drop-in of a unit: systemd then starts it only when the failover agent does.

            For example: ExecCondition=+/usr/bin/hagend permit orders

            Exit codes: 0 it may run, 1 it may not, 64 wrong usage.
            """)

    @Argument(help: "The cluster.")
    var cluster: String

    @Option(help: "The folder of the failover agent's sockets.")
    var runtime = HostFolders.runtime(of: .failover)

    func run() throws {
        let socket = SupervisorFiles.socket(of: cluster, in: runtime)
        guard let refusal = PermitQuestion.refusal(socket: socket) else { return }
        EngineLog.say(EngineFailure("the workload of cluster '\(cluster)' may not run here: \(refusal)"))
        throw ExitCode(1)
    }
}
