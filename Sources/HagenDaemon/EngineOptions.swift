internal import ArgumentParser
internal import Hagen
internal import HagenRuntime
internal import Logging

/// What every engine's subcommand takes, and how each is run.
struct EngineOptions: ParsableArguments {
    @Option(name: .long, help: ArgumentHelp("The engine's configuration, from a release.", valueName: "file"))
    var configuration: String

    @Flag(name: .long, help: "Only check the configuration: exit code 0 if it is fine, else 78.")
    var check = false

    /// Runs the engine to its end, says what went wrong on standard error and exits with the code for it.
    func run<Configuration: EngineConfiguration>(
        _ type: Configuration.Type,
        makeEngine: @Sendable (Configuration, EngineContext) async throws -> any EngineService,
        faults: @Sendable (Configuration) -> [String] = { _ in [] }
    ) async throws {
        do {
            try await EngineRunner.run(
                type, at: configuration, checkOnly: check, makeEngine: makeEngine, faults: faults)
        } catch let failure as EngineFailure {
            EngineLog.say(failure)
            throw ExitCode(failure.exitCode)
        }
    }
}
