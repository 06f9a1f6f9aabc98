internal import ArgumentParser
internal import FoundationEssentials
internal import Hagen
internal import HagenRuntime
internal import Logging

/// `hagend balancer`
struct BalancerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "balancer", abstract: "Listens for clients and spreads them over the members of clusters.",
        discussion: """
            Follows SIGTERM: stops listening, lets open connections end for as long as the configuration says, then \
            closes. Listening sockets are taken from LISTEN_FDS where systemd gives them with matching addresses.

            For example: hagend balancer --configuration /etc/hagen/balancer.json

            Exit codes: 0 stopped cleanly, 1 failed, 64 wrong usage, 78 wrong configuration.
            """)

    @OptionGroup var options: EngineOptions

    func run() async throws {
        try await options.run(
            BalancerConfiguration.self,
            makeEngine: { configuration, context in
                let store = try configuration.store.map {
                    try StoreConnection.open(
                        $0, credentialsDirectory: context.credentialsDirectory, logger: context.logger)
                }
                return try BalancerEngine(
                    configuration, store: store,
                    inheritedDescriptors: InheritedSockets.descriptors(ProcessInfo.processInfo.environment),
                    credentialsDirectory: context.credentialsDirectory, logger: context.logger)
            },
            faults: BalancerEngine.faults)
    }
}
