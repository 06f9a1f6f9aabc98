package import Hagen
package import Logging
package import ServiceLifecycle

/// One engine of the runtime: runs until it is told to stop, and says how it is.
package protocol EngineService: Service {
    func status() async -> EngineStatus.Detail
}

/// What an engine is given besides its configuration.
package struct EngineContext: Sendable {
    package var logger: Logger
    /// The engine's own folder for sockets; see `EngineEnvironment.runtimeDirectory`.
    package var runtimeDirectory: String
    /// The engine's own folder for what must survive a restart.
    package var stateDirectory: String
    /// Where the values of credentials lie; `nil` where the engine was given none.
    package var credentialsDirectory: String?

    package init(logger: Logger, runtimeDirectory: String, stateDirectory: String, credentialsDirectory: String?) {
        self.logger = logger
        self.runtimeDirectory = runtimeDirectory
        self.stateDirectory = stateDirectory
        self.credentialsDirectory = credentialsDirectory
    }
}

/// Starts an engine from its configuration file and runs it to its clean end.
package enum EngineRunner {
    /// Reads and checks the file, then (unless `checkOnly`) makes the engine, serves its control socket, tells systemd
    /// that it is ready and keeps its watchdog fed, and runs until SIGTERM or SIGINT.
    ///
    /// - Throws: `EngineFailure`, in words for a person, when the file is wrong or the engine cannot start.
    package static func run<Configuration: EngineConfiguration>(
        _ configuration: Configuration.Type, at path: String, checkOnly: Bool,
        makeEngine: @Sendable (Configuration, EngineContext) async throws -> any EngineService
    ) async throws {
        throw EngineFailure("not written yet")
    }
}

/// Why an engine did not start or ended, in words for a person.
package struct EngineFailure: Error, CustomStringConvertible {
    package let description: String
    package init(_ description: String) { self.description = description }
}
