internal import Hagen

/// `hagen-failover.service`: the agent, which starts the host's workloads. Whatever confines it confines them too, so
/// it is confined only by what an ordinary service can do without.
enum FailoverUnit {
    static func unit(_ configuration: FailoverConfiguration) -> UnitFile {
        let stop = configuration.clusters.map(\.workload.stopTimeout).max() ?? .zero
        let hooks = configuration.clusters.map { $0.hooks.map(\.timeout).reduce(Duration.zero, +) }.max() ?? .zero
        var settings = EngineUnit.service(
            .failover, stopTimeout: stop + hooks + .seconds(10), watchdog: .seconds(5),
            runtimeFolder: .init(
                "RuntimeDirectoryMode", .text("0755"),
                because:
                    "Workloads read their role files in it under their own users. Its sockets have modes of their own (0600, 0660)."
            ))
        if let key = configuration.heartbeat?.key {
            settings.append(.init("LoadCredential", .text("\(key):\(TemporaryFilesEmitter.credentials)/\(key)")))
        }
        settings += EngineUnit.credentials(configuration.store?.tls)
        settings += lifetime
        // A resource agent mounts file systems, loads modules and changes addresses, as root and for the whole host.
        let hasResourceAgents = configuration.clusters.contains {
            if case .resourceAgent = $0.workload.kind { true } else { false }
        }
        settings += hasResourceAgents ? unconfined : privileges(configuration) + reach + kernel
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
                "Delegate", .flag(true),
                because:
                    "Each workload runs in a control group of its own below this unit's: it is killed as one, and is dead when the kernel says that the group is empty."
            ),
            .init(
                "RuntimeDirectoryPreserve", .text("yes"),
                because: "The supervisors' sockets lie in it, and they outlive the agent."),
            .init("TasksMax", .text("infinity"), because: "The threads of all workloads count here."),
            .init(
                "OOMPolicy", .text("continue"),
                because: "A workload that was killed for its memory must not take the others and the agent with it."),
            .init(
                "OOMScoreAdjust", .number(-100),
                because: "The one who can fail over goes late. No lower: workloads inherit it."),
        ]
    }

    private static var unconfined: [UnitFile.Setting] {
        [
            .init(
                "ProtectSystem", .flag(false),
                because:
                    "Nothing confines this agent: a workload of this host is an OCF resource agent, which works as root on the whole host (mounts, addresses, devices), and whatever confines the agent confines it too."
            )
        ]
    }

    private static func privileges(_ configuration: FailoverConfiguration) -> [UnitFile.Setting] {
        // Who is root may listen anywhere; where no port is said, any may be meant.
        let needsLowPort = configuration.clusters.contains { $0.workload.process?.user == nil && ($0.port ?? 0) < 1024 }
        let lowPort = needsLowPort ? " CAP_NET_BIND_SERVICE: one of them may listen on a port below 1024." : ""
        return [
            .init(
                "CapabilityBoundingSet",
                .words(
                    (needsLowPort ? ["CAP_NET_BIND_SERVICE"] : []) + [
                        "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER", "CAP_IPC_LOCK", "CAP_KILL", "CAP_SETGID",
                        "CAP_SETUID", "CAP_SYS_NICE", "CAP_SYS_PTRACE", "CAP_SYS_RESOURCE",
                    ]),
                because: """
                    No User=: it starts workloads as their users (CAP_SETUID, CAP_SETGID) and ends them (CAP_KILL). \
                    CAP_CHOWN, CAP_DAC_OVERRIDE, CAP_FOWNER: a workload without a user is root as far as these go, and \
                    sets up its folders before it becomes less.\(lowPort) CAP_SYS_PTRACE: what is left of a lost \
                    workload is known by /proc/PID/environ, also under another user. CAP_IPC_LOCK, CAP_SYS_NICE, \
                    CAP_SYS_RESOURCE: a supervisor locks its memory, runs at real-time priority and may ask to be \
                    killed late, so that it keeps its deadline.
                    """),
            .init(
                "NoNewPrivileges", .flag(true),
                because: "A workload may become less than the agent, never more: sudo does not work in it."),
            .init("RestrictSUIDSGID", .flag(true)),
            .init("RestrictRealtime", .flag(false), because: "Supervisors keep their deadlines at real-time priority."),
        ]
    }

    /// Files, devices, processes and networks.
    private static var reach: [UnitFile.Setting] {
        [
            .init(
                "ProtectSystem", .text("full"),
                because: "Not strict: workloads write where their data lies. What is installed stays read-only."),
            .init("ProtectHome", .flag(false), because: "Programs and data of workloads may lie in a home."),
            .init("PrivateTmp", .flag(false), because: "Workloads and their clients meet at sockets in /tmp."),
            .init("PrivateMounts", .flag(true)),
            .init(
                "PrivateDevices", .flag(true),
                because: """
                    No device but those that every program may use (/dev/null, /dev/shm, terminals). For a workload that \
                    needs one, a drop-in says PrivateDevices=no and names it: DeviceAllow=.
                    """),
            .init("DevicePolicy", .text("closed")),
            .init(
                "ProtectProc", .text("invisible"),
                because: "A workload sees the processes of its own user. The agent sees all, by CAP_SYS_PTRACE."),
            .init(
                "ProcSubset", .text("all"),
                because: "Workloads read /proc/meminfo, /proc/cpuinfo and the like to size themselves."),
            .init(
                "PrivateUsers", .flag(false), because: "Workloads run under the host's users and share files with them."
            ),
            .init(
                "PrivateNetwork", .flag(false),
                because:
                    "Members, clients and the store are reached over the host's network, from addresses unknown here."
            ),
            .init(
                "RestrictAddressFamilies", .words(["AF_INET", "AF_INET6", "AF_UNIX", "AF_NETLINK"]),
                because: "AF_NETLINK: workloads ask the kernel for their addresses."),
            .init("KeyringMode", .text("private")),
        ]
    }

    private static var kernel: [UnitFile.Setting] {
        [
            .init("ProtectClock", .flag(true)),
            .init(
                "ProtectControlGroups", .flag(false),
                because: "It makes, fills and kills the control groups of its workloads."),
            .init("ProtectHostname", .flag(true)),
            .init("ProtectKernelLogs", .flag(true)),
            .init("ProtectKernelModules", .flag(true)),
            .init("ProtectKernelTunables", .flag(true)),
            .init("RestrictNamespaces", .flag(true)),
            .init("LockPersonality", .flag(true)),
            .init(
                "MemoryDenyWriteExecute", .flag(false),
                because: "Workloads may translate code while they run (Java, JavaScript)."),
            .init("SystemCallArchitectures", .text("native")),
            .init(
                "SystemCallFilter",
                .words([
                    "~@clock", "@cpu-emulation", "@debug", "@module", "@mount", "@obsolete", "@raw-io", "@reboot",
                    "@swap",
                ]),
                because: """
                    A list of what is refused, not of what is allowed: nobody knows what a workload calls. Real-time \
                    priority and the change of users need @resources and @privileged.
                    """),
            .init("SystemCallErrorNumber", .text("EPERM")),
        ]
    }
}
