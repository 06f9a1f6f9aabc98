internal import ArgumentParser
internal import Hagen
internal import HagenDeploy

struct PauseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause",
        abstract: "Keeps a cluster as it is: until it is resumed nobody takes over, whatever fails.",
        discussion: """
            The active member goes on, renews its lease and restarts its workload in place. When it is lost the cluster
            stays without an active one. Only 'hagen switchover' moves a paused cluster.

            For example:
              hagen pause counter --reason 'network work in zone b'
              hagen resume counter

            Exit codes: 0 done, 1 failed, 64 wrong usage.
            """)

    @Argument(help: "The cluster.")
    var cluster: String
    @Option(help: "For the log and the status: why.")
    var reason: String?
    @Flag(help: "As JSON, for other programs.")
    var json = false
    @OptionGroup var place: LabOptions

    func run() async throws {
        try KnownNames(try await place.agents().answers()).expect(cluster: cluster)
        try await place.give(OrderRequest(.pause(cluster: cluster), reason: reason), json: json)
    }
}
