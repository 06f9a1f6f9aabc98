internal import Hagen

/// `hagen-etcd.service`: the host's member of the store, by Debian's `etcd-server`, and what keeps Debian's own service
/// away from it.
enum EtcdUnit {
    static let name = "hagen-etcd.service"
    static let program = "/usr/bin/etcd"
    /// A drop-in of Debian's unit.
    static let debianDropIn = "etcd.service.d/hagen.conf"

    static func unit(_ member: EtcdMember) -> UnitFile {
        var settings: [UnitFile.Setting] = [
            .init("Type", .text("notify")),
            .init("ExecStart", .command([program, "--config-file", "/etc/hagen/etcd.yaml"])),
            .init("Restart", .text("always")),
            .init("RestartSec", .duration(.milliseconds(500))),
            .init(
                "TimeoutStartSec", .text("infinity"),
                because: "It is ready once a majority of the members is, however late the others start."),
            .init("TimeoutStopSec", .duration(.seconds(10))),
            .init("User", .text("etcd"), because: "Debian's etcd-server makes it."),
            .init(
                "SupplementaryGroups", .words([EngineUnit.group]), because: "It may read its configuration by it."),
            .init("UMask", .text("0077")),
            .init("StateDirectory", .text("hagen/etcd")),
            .init("StateDirectoryMode", .text("0700")),
            .init("LimitNOFILE", .number(65536)),
            .init("OOMScoreAdjust", .number(-500), because: "A lost member is a lost vote."),
        ]
        settings += EngineUnit.credentials(member.tls)
        settings += EngineUnit.confinement()
        var section = EngineUnit.unitSection("Hagen store: etcd's member of topology \(member.topology)")
        section.settings.append(
            .init("Conflicts", .words(["etcd.service"]), because: "Debian's own service would take its ports."))
        return UnitFile(sections: [section, .init(name: "Service", settings: settings)])
    }

    static var debianUnit: UnitFile {
        UnitFile(sections: [
            .init(
                name: "Unit",
                settings: [
                    .init(
                        "ConditionPathExists", .text("!/etc/hagen/etcd.yaml"),
                        because: "The store on this host is \(name): neither a boot nor an upgrade starts another one.")
                ])
        ])
    }
}

extension EngineUnit {
    /// One file a credential, which the service finds in its own folder.
    static func credentials(_ tls: StoreAddress.TLS?) -> [UnitFile.Setting] { credentials(tls?.names ?? []) }

    static func credentials(_ names: [String]) -> [UnitFile.Setting] {
        names.map { name in
            .init("LoadCredential", .text("\(name):\(TemporaryFilesEmitter.credentials)/\(name)"))
        }
    }
}
