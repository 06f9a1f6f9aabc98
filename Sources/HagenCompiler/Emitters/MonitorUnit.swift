internal import Hagen

/// `hagen-monitor.service`: measures, judges, notifies.
enum MonitorUnit {
    static func unit(_ configuration: MonitorConfiguration) -> UnitFile {
        var settings = EngineUnit.service(.monitor, stopTimeout: .seconds(10))
        settings += [
            .init("User", .text(EngineUnit.user(of: .monitor))),
            .init("RuntimeDirectoryPreserve", .text("restart")),
        ]
        settings += credentials(configuration).map { name in
            .init("LoadCredential", .text("\(name):\(TemporaryFilesEmitter.credentials)/\(name)"))
        }
        // The figures of the host stand outside the processes' folders in /proc, and the fill of /home is one of them.
        settings += EngineUnit.confinement(onlyProcesses: false, home: "read-only")
        return UnitFile(sections: [
            EngineUnit.unitSection(
                "Hagen monitor of host \(configuration.host)",
                after: ["hagen-coordinator.service", "hagen-failover.service", "hagen-balancer.service"]),
            .init(name: "Service", settings: settings),
        ])
    }

    /// The names of the secrets that the receivers use, sorted.
    private static func credentials(_ configuration: MonitorConfiguration) -> [String] {
        let names = configuration.receivers.compactMap { receiver -> String? in
            guard case .webhook(.credential(let credential)) = receiver.channel else { return nil }
            return credential.name
        }
        return Set(names).sorted()
    }
}
