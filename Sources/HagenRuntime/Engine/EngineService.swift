package import Hagen
package import Logging
package import ServiceLifecycle

/// One engine of the runtime: runs until it is told to stop, and says how it is.
package protocol EngineService: Service {
    func status() async -> EngineStatus.Detail

    /// What only this engine can answer; `status` is answered for it. Refused by default.
    func answer(_ request: ControlRequest, from peer: ControlPeer) async -> ControlResponse

    /// Returns when the engine does its work, such as when its listeners are bound; systemd is told then. At once by
    /// default.
    func ready() async

    /// How long a clean stop may take before the engine's tasks are cancelled; 30 seconds by default.
    var maximumStopTime: Duration { get }
}

extension EngineService {
    package func answer(_ request: ControlRequest, from peer: ControlPeer) async -> ControlResponse {
        .failure("this engine takes no such request: ask the failover agent")
    }
    package func ready() async {}
    package var maximumStopTime: Duration { .seconds(30) }
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
