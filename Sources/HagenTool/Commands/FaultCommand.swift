internal import ArgumentParser
internal import Foundation
internal import Hagen
internal import HagenDeploy

struct FaultCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fault",
        abstract: "Puts a fault on a host of the running lab, or takes it away.",
        discussion: """
            kill    SIGKILL for every process of the host at once: agent, workloads, balancer, monitor
            freeze  SIGSTOP for every process of the host
            heal    SIGCONT, and what is dead is started again

            For example:
              hagen fault kill alpha
              hagen fault freeze beta --engine failover
              hagen fault heal alpha

            Exit codes: 0 done, 1 no such lab or host, 64 wrong usage.
            """)

    @Argument(help: "kill, freeze or heal.")
    var kind: LabFault.Kind
    @Argument(help: "The host; 'coordinator' is the store beside the hosts.")
    var host: String
    @Option(help: "Only this engine of the host: failover, balancer or monitor. A killed one is restarted after 1 s.")
    var engine: Engine?
    @OptionGroup var lab: LabOptions

    func run() async throws {
        let (folders, _) = try lab.find()
        let words = try await LabClient.send(.fault(LabFault(kind, host: host, engine: engine)), to: folders)
        Terminal.output.line(words)
    }
}

extension LabFault.Kind: ExpressibleByArgument {}
extension Engine: ExpressibleByArgument {}
