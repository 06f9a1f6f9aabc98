internal import ArgumentParser
internal import Hagen
internal import HagenRuntime

/// `hagend monitor`: measures the host and its engines, raises alerts, serves `/metrics`.
struct MonitorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "monitor", abstract: "Measures this host and its engines, raises alerts and serves /metrics.",
        discussion: """
            It finds the other engines beside its own RUNTIME_DIRECTORY; secret webhook addresses are files in \
            CREDENTIALS_DIRECTORY.

            For example: hagend monitor --configuration /etc/hagen/monitor.json --check

            Exit codes: 0 stopped cleanly, 1 failed, 64 wrong usage, 78 wrong configuration.
            """)

    @OptionGroup var options: EngineOptions

    func run() async throws {
        try await options.run(
            MonitorConfiguration.self, makeEngine: { try MonitorEngine($0, $1) }, faults: MonitorFaults.of)
    }
}
