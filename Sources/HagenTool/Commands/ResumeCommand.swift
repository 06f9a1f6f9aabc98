internal import ArgumentParser
internal import Hagen
internal import HagenDeploy

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
        let known = KnownNames(answers)
        try isHost ? known.expect(host: subject) : known.expect(clusterOrHost: subject)
        let isCluster = !isHost && answers.contains { $0.cluster(subject) != nil }
        try await place.give(OrderRequest(isCluster ? .resume(cluster: subject) : .undrain(host: subject)), json: json)
    }
}
