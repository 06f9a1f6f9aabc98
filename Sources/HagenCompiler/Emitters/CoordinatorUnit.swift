internal import Hagen

/// `hagen-coordinator.service`: the embedded store.
enum CoordinatorUnit {
    static func unit(_ configuration: CoordinatorConfiguration) -> UnitFile {
        var settings = EngineUnit.service(.coordinator, stopTimeout: .seconds(10))
        settings += [
            .init("User", .text(EngineUnit.user(of: .coordinator))),
            .init("RuntimeDirectoryPreserve", .text("restart")),
        ]
        settings += EngineUnit.confinement()
        if configuration.listen.address.isLoopback {
            settings += [
                .init("IPAddressDeny", .text("any"), because: "It listens on loopback and calls nobody."),
                .init("IPAddressAllow", .text("localhost")),
            ]
        }
        return UnitFile(sections: [
            EngineUnit.unitSection("Hagen coordinator: the store of topology \(configuration.topology)"),
            .init(name: "Service", settings: settings),
        ])
    }
}
