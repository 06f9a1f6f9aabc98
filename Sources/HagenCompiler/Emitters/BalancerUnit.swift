internal import Hagen

/// `hagen-balancer.service`: the listeners of one host.
enum BalancerUnit {
    static func unit(_ configuration: BalancerConfiguration) -> UnitFile {
        let drain = configuration.listeners.map(\.timeouts.drain).max() ?? .zero
        let needsLowPort = configuration.listeners.contains { $0.listen.contains { $0.port < 1024 } }
        var settings = EngineUnit.service(.balancer, stopTimeout: drain + .seconds(5))
        settings += [
            .init("User", .text(EngineUnit.user(of: .balancer))),
            .init("RuntimeDirectoryPreserve", .text("restart")),
            .init(
                "LimitNOFILE", .number(openFiles(configuration)),
                because: "A client costs its socket, the member's, and the two ends of a pipe."),
        ]
        settings += EngineUnit.credentials(configuration.store?.tls)
        settings += EngineUnit.credentials(configuration.agents?.key.map { [$0] } ?? [])
        // A private user namespace has no rights over the host's ports.
        settings += EngineUnit.confinement(
            capabilities: needsLowPort ? ["CAP_NET_BIND_SERVICE"] : [], privateUsers: !needsLowPort)
        return UnitFile(sections: [
            EngineUnit.unitSection(
                "Hagen balancer: \(configuration.listeners.map(\.name).joined(separator: ", "))",
                after: ["hagen-coordinator.service"]),
            .init(name: "Service", settings: settings),
        ])
    }

    /// At most what the kernel allows one process unless it is told otherwise (`fs.nr_open`).
    private static func openFiles(_ configuration: BalancerConfiguration) -> Int {
        let clients = configuration.listeners.reduce(0) { sum, listener in
            sum + min(listener.maximumConnections, 1 << 20)
        }
        return min(1024 + 4 * clients, 1 << 20)
    }
}
