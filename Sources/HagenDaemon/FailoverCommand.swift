internal import ArgumentParser
internal import Hagen
internal import HagenRuntime

/// `hagend failover`
struct FailoverCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "failover", abstract: "Runs this host's members of clusters, and takes over where others fail.",
        discussion: """
            Follows SIGTERM: stops the workloads, waits until they are dead, releases the leases. Killed otherwise, it \
            leaves them running under their supervisors and finds them again when it is started.

            For example: hagend failover --configuration /etc/hagen/failover.json

            Exit codes: 0 stopped cleanly, 1 failed, 64 wrong usage, 78 wrong configuration.
            """)

    @OptionGroup var options: EngineOptions

    func run() async throws {
        try await options.run(
            FailoverConfiguration.self,
            makeEngine: { configuration, context in
                let store = try configuration.store.map {
                    try StoreConnection.open(
                        $0, credentialsDirectory: context.credentialsDirectory, logger: context.logger)
                }
                return try FailoverEngine(configuration, context: context, store: store)
            },
            faults: FailoverFaults.found)
    }
}
