internal import ArgumentParser
internal import Hagen
internal import HagenRuntime

/// `hagend coordinator`: the embedded store.
struct CoordinatorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "coordinator",
        abstract: "Runs the embedded store, in which the agents keep their leases.",
        discussion: """
            Its file lies in STATE_DIRECTORY, its control socket in RUNTIME_DIRECTORY.

            For example: hagend coordinator --configuration /etc/hagen/coordinator.json --check

            Exit codes: 0 stopped cleanly, 1 failed, 64 wrong usage, 78 wrong configuration.
            """)

    @OptionGroup var options: EngineOptions

    func run() async throws {
        try await options.run(
            CoordinatorConfiguration.self, makeEngine: { try CoordinatorEngine($0, $1) },
            faults: CoordinatorEngine.faults)
    }
}
