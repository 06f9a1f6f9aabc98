internal import Hagen
internal import HagenEngine

/// What a workload finds in its environment.
enum WorkloadEnvironment {
    /// Told to every workload and, by inheritance, to all that descends from it: by it the agent finds what is left of a
    /// workload whose supervisor was killed.
    static let mark = "HAGEN_WORKLOAD"

    /// The agent's own business.
    private static let withheld: Set<String> = [
        EngineEnvironment.runtimeDirectory, EngineEnvironment.stateDirectory, EngineEnvironment.credentialsDirectory,
        "CACHE_DIRECTORY", "LOGS_DIRECTORY", "CONFIGURATION_DIRECTORY", "NOTIFY_SOCKET", "WATCHDOG_USEC",
        "WATCHDOG_PID", "LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES", "INVOCATION_ID", "JOURNAL_STREAM",
        "SYSTEMD_EXEC_PID",
    ]

    /// What a hook gets besides the words of its change of role.
    static func ofHook(inherited: [String: String]) -> [String: String] {
        inherited.filter { !withheld.contains($0.key) }
    }

    static func of(
        _ cluster: FailoverConfiguration.Cluster, host: String, role: MemberRole, epoch: UInt64, roleFile: String?,
        mark: String, inherited: [String: String]
    ) -> [String: String] {
        var environment = inherited.filter { !withheld.contains($0.key) }
        environment.merge(cluster.workload.process?.environment ?? [:]) { _, said in said }
        environment["HAGEN_ADDRESS"] = cluster.address
        environment["HAGEN_PORT"] = cluster.port.map(String.init)
        environment["HAGEN_HOST"] = host
        environment["HAGEN_CLUSTER"] = cluster.name
        environment["HAGEN_ROLE"] = role.rawValue
        environment["HAGEN_EPOCH"] = String(epoch)
        environment["HAGEN_ROLE_FILE"] = roleFile
        environment[Self.mark] = mark
        return environment
    }
}
