internal import Hagen

/// `hagen-failover.service`: the agent, which starts the host's workloads. Whatever confines it confines them too, so
/// it is confined only by what an ordinary service can do without.
enum FailoverUnit {
    static func unit(_ configuration: FailoverConfiguration) -> UnitFile {
        let stop = configuration.clusters.map(\.workload.stopTimeout).max() ?? .zero
        var settings = EngineUnit.service(
            .failover, stopTimeout: stop + .seconds(10), watchdog: .seconds(5),
            runtimeFolder: .init(
                "RuntimeDirectoryMode", .text("0755"),
                because:
                    "Workloads read their role files in it under their own users. Its sockets have modes of their own (0600, 0660)."
            ))
        settings += lifetime + privileges
        return UnitFile(sections: [
            EngineUnit.unitSection(
                "Hagen failover agent of host \(configuration.host)", after: ["hagen-coordinator.service"]),
            .init(name: "Service", settings: settings),
        ])
    }

    private static var lifetime: [UnitFile.Setting] {
        [
            .init(
                "KillMode", .text("process"),
                because:
                    "A clean stop or restart (SIGTERM) stops the workloads too, by the agent itself. Supervisors and workloads outlive only an agent that is killed or crashes; the next one finds them again."
            ),
            .init(
                "RuntimeDirectoryPreserve", .text("yes"),
                because: "The supervisors' sockets lie in it, and they outlive the agent."),
            .init("Delegate", .flag(true), because: "Nobody but Hagen manages the control groups below the agent's."),
            .init("TasksMax", .text("infinity"), because: "The threads of all workloads count here."),
            .init(
                "OOMPolicy", .text("continue"),
                because: "A workload that was killed for its memory must not take the others and the agent with it."),
            .init(
                "OOMScoreAdjust", .number(-100),
                because: "The one who can fail over goes late. No lower: workloads inherit it."),
        ]
    }

    private static var privileges: [UnitFile.Setting] {
        [
            .init(
                "CapabilityBoundingSet",
                .words([
                    "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER", "CAP_IPC_LOCK", "CAP_KILL", "CAP_NET_BIND_SERVICE",
                    "CAP_SETGID", "CAP_SETUID", "CAP_SYS_NICE", "CAP_SYS_PTRACE", "CAP_SYS_RESOURCE",
                ]),
                because: """
                    No User=: it starts workloads as their users and ends them. One without a user is root as far as \
                    these go. CAP_SYS_PTRACE: what is left of a lost workload is known by /proc/PID/environ, also under \
                    another user. CAP_IPC_LOCK, CAP_SYS_NICE, CAP_SYS_RESOURCE: a supervisor locks its memory, runs at \
                    real-time priority and may ask to be killed late, so that it keeps its deadline.
                    """),
            .init(
                "NoNewPrivileges", .flag(true),
                because: "A workload may become less than the agent, never more: sudo does not work in it."),
            .init(
                "ProtectSystem", .text("full"),
                because: "Not strict: workloads write where their data lies. What is installed stays read-only."),
            .init("ProtectHome", .flag(false), because: "Programs and data of workloads may lie in a home."),
            .init("PrivateTmp", .flag(false), because: "Workloads and their clients meet at sockets in /tmp."),
            .init("PrivateDevices", .flag(false), because: "A workload may need a device; its user decides which."),
            .init(
                "ProtectControlGroups", .flag(false), because: "The delegated control groups are made and ended here."),
            .init(
                "RestrictAddressFamilies", .words(["AF_INET", "AF_INET6", "AF_UNIX", "AF_NETLINK"]),
                because: "AF_NETLINK: workloads ask the kernel for their addresses."),
            .init(
                "MemoryDenyWriteExecute", .flag(false),
                because: "Workloads may translate code while they run (Java, JavaScript)."),
            .init("ProtectClock", .flag(true)),
            .init("ProtectHostname", .flag(true)),
            .init("ProtectKernelLogs", .flag(true)),
            .init("ProtectKernelModules", .flag(true)),
            .init("ProtectKernelTunables", .flag(true)),
            .init("RestrictNamespaces", .flag(true)),
            .init("RestrictRealtime", .flag(false), because: "Supervisors keep their deadlines at real-time priority."),
            .init("RestrictSUIDSGID", .flag(true)),
            .init("KeyringMode", .text("private")),
            .init("LockPersonality", .flag(true)),
            .init("SystemCallArchitectures", .text("native")),
            .init(
                "SystemCallFilter",
                .words([
                    "~@clock", "@cpu-emulation", "@module", "@mount", "@obsolete", "@raw-io", "@reboot", "@swap",
                ]),
                because: "A list of what is refused, not of what is allowed: nobody knows what a workload calls."),
            .init("SystemCallErrorNumber", .text("EPERM")),
        ]
    }
}
