/// `coordinator.json`: the embedded store.
package struct CoordinatorConfiguration: EngineConfiguration {
    package static let engine = Engine.coordinator
    package static let schemaVersion: Int = 1
    package var schemaVersion: Int = Self.schemaVersion
    package var topology: String
    /// In the lab, where it runs beside the hosts, the host is `coordinator`.
    package var host: String
    package var listen: SocketAddress

    package init(topology: String, host: String, listen: SocketAddress) {
        self.topology = topology
        self.host = host
        self.listen = listen
    }
}
