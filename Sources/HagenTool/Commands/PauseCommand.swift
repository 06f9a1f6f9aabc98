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
        try await place.give(OrderRequest(.pause(cluster: cluster), reason: reason), json: json)
    }
}

struct ResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Ends a cluster's pause or a host's drain.",
        discussion: """
            Of a cluster it takes back a switchover that waits for its time, too. A host that is not drained any more
            becomes active again only where its turn comes.

            For example:
              hagen resume counter
              hagen resume --host alpha

            Exit codes: 0 done, 1 failed, 64 wrong usage.
            """)

    @Argument(help: "The cluster, or the host that is drained.")
    var subject: String
    @Flag(name: .customLong("host"), help: "It is the name of a host; needed only where a cluster has it too.")
    var isHost = false
    @Flag(help: "As JSON, for other programs.")
    var json = false
    @OptionGroup var place: LabOptions

    func run() async throws {
        let answers = try await place.agents().answers()
        let isCluster = !isHost && answers.contains { $0.cluster(subject) != nil }
        try await place.give(OrderRequest(isCluster ? .resume(cluster: subject) : .undrain(host: subject)), json: json)
    }
}
