internal import Hagen

/// What the services of all engines have in common.
enum EngineUnit {
    static let daemon = "/usr/bin/hagend"
    /// Owns the engines' sockets: whoever is in it may ask them how they are.
    static let group = "hagen"

    static func user(of engine: Engine) -> String { "hagen-\(engine.rawValue)" }

    static func unitSection(_ description: String, after: [String] = []) -> UnitFile.Section {
        .init(
            name: "Unit",
            settings: [
                .init("Description", .text(description)),
                .init("PartOf", .words(["hagen.target"])),
                .init("Wants", .words(["network-online.target"])),
                .init("After", .words(["network-online.target"] + after)),
                .init("StartLimitIntervalSec", .number(0), because: "An engine is never given up."),
            ])
    }

    /// How the engine is started, watched and started again. The time-out of its stop is its own.
    static func service(
        _ engine: Engine, stopTimeout: Duration, watchdog: Duration = .seconds(10),
        restartPause: UnitFile.Setting = .init("RestartSec", .duration(.milliseconds(500))),
        runtimeFolder: UnitFile.Setting = .init("RuntimeDirectoryMode", .text("0750"))
    ) -> [UnitFile.Setting] {
        [
            .init("Type", .text("notify")),
            .init(
                "ExecStart",
                .command([daemon, engine.rawValue, "--configuration", "/etc/hagen/\(engine.rawValue).json"])),
            .init("WatchdogSec", .duration(watchdog), because: "An engine that hangs is killed and started again."),
            .init(
                "WatchdogSignal", .text("SIGKILL"),
                because: "At once: what hangs or is stopped would not heed another before TimeoutStopSec has passed."),
            .init("Restart", .text("always")),
            restartPause,
            .init(
                "RestartPreventExitStatus", .words(["64", "78"]),
                because: "A wrong call or configuration does not become right by starting again."),
            .init("TimeoutStartSec", .duration(.seconds(30))),
            .init("TimeoutStopSec", .duration(stopTimeout)),
            .init(
                "Group", .text(group),
                because: "The group of every engine's control socket; the monitor reads them all."),
            .init("UMask", .text("0077")),
            .init("RuntimeDirectory", .text("hagen/\(engine.rawValue)")),
            runtimeFolder,
            .init("StateDirectory", .text("hagen/\(engine.rawValue)")),
            .init("StateDirectoryMode", .text("0750")),
        ]
    }

    /// The least that an engine needs which only talks over sockets and writes its own folders.
    static func confinement(
        capabilities: [String] = [], privateUsers: Bool = true, onlyProcesses: Bool = true, home: String = "yes"
    ) -> [UnitFile.Setting] {
        [
            .init("NoNewPrivileges", .flag(true)),
            .init("CapabilityBoundingSet", .words(capabilities)),
            .init("AmbientCapabilities", .words(capabilities)),
            .init("ProtectSystem", .text("strict")),
            .init("ProtectHome", .text(home)),
            .init("PrivateTmp", .flag(true)),
            .init("PrivateDevices", .flag(true)),
            .init("DevicePolicy", .text("closed")),
            .init("PrivateUsers", .flag(privateUsers)),
            .init("PrivateIPC", .flag(true)),
            .init("PrivateMounts", .flag(true)),
            .init("ProtectProc", .text("invisible")),
            .init("ProcSubset", .text(onlyProcesses ? "pid" : "all")),
            .init("ProtectClock", .flag(true)),
            .init("ProtectHostname", .flag(true)),
            .init("ProtectKernelLogs", .flag(true)),
            .init("ProtectKernelModules", .flag(true)),
            .init("ProtectKernelTunables", .flag(true)),
            .init("ProtectControlGroups", .flag(true)),
            .init("RestrictAddressFamilies", .words(["AF_INET", "AF_INET6", "AF_UNIX"])),
            .init("RestrictNamespaces", .flag(true)),
            .init("RestrictRealtime", .flag(true)),
            .init("RestrictSUIDSGID", .flag(true)),
            .init("RemoveIPC", .flag(true)),
            .init("KeyringMode", .text("private")),
            .init("LockPersonality", .flag(true)),
            .init("MemoryDenyWriteExecute", .flag(true)),
            .init("SystemCallArchitectures", .text("native")),
            .init("SystemCallFilter", .words(["@system-service"])),
            .init("SystemCallFilter", .words(["~@privileged", "@resources"])),
            .init("SystemCallErrorNumber", .text("EPERM")),
        ]
    }
}
