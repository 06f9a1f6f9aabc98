internal import Hagen

/// `hagen-failover.service`: the agent, which starts the host's workloads. Whatever confines it confines them too, so
/// it is confined only by what an ordinary service can do without.
enum FailoverUnit {
    static func unit(_ configuration: FailoverConfiguration) -> UnitFile {
        var settings = EngineUnit.service(
            .failover, stopTimeout: configuration.maximumStopTime, watchdog: .seconds(5),
            restartPause: .init(
                "RestartSec", .duration(.milliseconds(50)),
                because: "The next agent has to be there before the permits of the workloads run out."),
            runtimeFolder: .init(
                "RuntimeDirectoryMode", .text("0755"),
                because:
                    "Workloads read their role files in it under their own users. Its sockets have modes of their own (0600, 0660)."
            ))
        settings += EngineUnit.credentials(
            (configuration.heartbeat?.key.map { [$0] } ?? []) + configuration.fencingCredentials)
        settings += EngineUnit.credentials(configuration.store?.tls)
        settings += lifetime
        // A resource agent mounts file systems, loads modules and changes addresses, as root and for the whole host.
        let hasResourceAgents = configuration.clusters.contains(where: \.workload.kind.isResourceAgent)
        settings += hasResourceAgents ? unconfined : privileges(configuration) + reach(configuration) + kernel
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
        let changesNetwork = configuration.changesNetwork
        let carries = configuration.carriesAddresses
        let network =
            changesNetwork
            ? " CAP_NET_ADMIN: a supervisor \(carries ? "puts virtual IPs on and " : "")has the kernel let clients "
                + "through only under its permit.\(carries ? " CAP_NET_RAW: it tells the neighbours." : "") "
                + "CAP_SETPCAP: it gives up all \(carries ? "three" : "two") for its workload." : ""
        let capabilities = [
            "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER", "CAP_IPC_LOCK", "CAP_KILL",
            changesNetwork ? "CAP_NET_ADMIN" : nil, carries ? "CAP_NET_RAW" : nil, "CAP_SETGID",
            changesNetwork ? "CAP_SETPCAP" : nil, "CAP_SETUID", "CAP_SYS_NICE", "CAP_SYS_PTRACE", "CAP_SYS_RESOURCE",
        ].compactMap(\.self)
        return [
            .init(
                "CapabilityBoundingSet",
                .words((needsLowPort ? ["CAP_NET_BIND_SERVICE"] : []) + capabilities),
                because: """
                    No User=: it starts workloads as their users (CAP_SETUID, CAP_SETGID) and ends them (CAP_KILL). \
                    CAP_CHOWN, CAP_DAC_OVERRIDE, CAP_FOWNER: a workload without a user is root as far as these go, and \
                    sets up its folders before it becomes less.\(lowPort) CAP_SYS_PTRACE: what is left of a lost \
                    workload is known by /proc/PID/environ, also under another user. CAP_IPC_LOCK, CAP_SYS_NICE, \
                    CAP_SYS_RESOURCE: a supervisor locks its memory, runs at real-time priority and may ask to be \
                    killed late, so that it keeps its deadline.\(network)
                    """),
            .init(
                "NoNewPrivileges", .flag(true),
                because: "A workload may become less than the agent, never more: sudo does not work in it."),
            .init("RestrictSUIDSGID", .flag(true)),
            .init("RestrictRealtime", .flag(false), because: "Supervisors keep their deadlines at real-time priority."),
        ]
    }

    /// Files, devices, processes and networks.
    private static func reach(_ configuration: FailoverConfiguration) -> [UnitFile.Setting] {
        var settings: [UnitFile.Setting] = [
            .init(
                "ProtectSystem", .text("full"),
                because: "Not strict: workloads write where their data lies. What is installed stays read-only."),
            .init("ProtectHome", .flag(false), because: "Programs and data of workloads may lie in a home."),
            .init("PrivateTmp", .flag(false), because: "Workloads and their clients meet at sockets in /tmp."),
            .init("PrivateMounts", .flag(true)),
            .init(
                "PrivateDevices", .flag(configuration.watchdogs.isEmpty),
                because: """
                    No device but those that every program may use (/dev/null, /dev/shm, terminals)\
                    \(configuration.watchdogs.isEmpty ? "" : " and the watchdog"). For a workload that needs one, a \
                    drop-in says PrivateDevices=no and names it: DeviceAllow=.
                    """),
            .init("DevicePolicy", .text("closed")),
        ]
        settings += configuration.watchdogs.map { UnitFile.Setting("DeviceAllow", .text("\($0) w")) }
        settings += [
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
                "RestrictAddressFamilies",
                .words(
                    ["AF_INET", "AF_INET6", "AF_UNIX", "AF_NETLINK"]
                        + (configuration.carriesAddresses ? ["AF_PACKET"] : [])),
                because: "AF_NETLINK: workloads ask the kernel for their addresses."
                    + (configuration.carriesAddresses ? " AF_PACKET: supervisors announce virtual IPs." : "")),
            .init("KeyringMode", .text("private")),
        ]
        return settings
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

extension FailoverConfiguration {
    /// A member of this host may carry virtual IPs.
    var carriesAddresses: Bool { clusters.contains { !$0.addresses.isEmpty } }

    /// A supervisor of this host changes the host's addresses or its packet filter.
    var changesNetwork: Bool { carriesAddresses || clusters.contains { $0.permitPort != nil } }

    /// The devices that its clusters name, sorted.
    var watchdogs: [String] {
        var devices: Set<String> = []
        for case .watchdog(let device) in clusters.flatMap(\.fencing) { devices.insert(device) }
        return devices.sorted()
    }

    /// Named by the parameters of fence agents, sorted.
    var fencingCredentials: [String] {
        var names: Set<String> = []
        for case .agent(_, let parameters, _) in clusters.flatMap(\.fencing) {
            for value in parameters.values.flatMap(\.values) {
                for case .credential(let name) in CredentialText.parts(of: value) { names.insert(name) }
            }
        }
        return names.sorted()
    }
}
