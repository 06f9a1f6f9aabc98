internal import Hagen

/// `UNIT.d/hagen.conf`: what makes a unit that exists on the host one that Hagen alone starts.
enum UnitDropIn {
    /// The units of the host's clusters, by name.
    static func all(_ configuration: FailoverConfiguration) -> [(unit: String, file: UnitFile)] {
        configuration.clusters.compactMap { cluster in
            guard case .unit(let name) = cluster.workload.kind else { return nil }
            return (name, file(of: cluster.name))
        }
    }

    private static func file(of cluster: String) -> UnitFile {
        let socket = SupervisorFiles.socket(of: cluster, in: HostFolders.runtime(of: .failover))
        return UnitFile(sections: [
            .init(
                name: "Service",
                settings: [
                    .init(
                        "ExecCondition", .words(["+\(EngineUnit.daemon)", "permit", cluster]),
                        because:
                            "Only while cluster \(cluster) is active on this host: neither a boot nor a package's upgrade nor a person starts a second one."
                    ),
                    .init(
                        "Restart", .text("no"),
                        because: "The cluster decides whether it is started again here or elsewhere."),
                    .init(
                        "EnvironmentFile", .text("-\(SupervisorFiles.environment(besides: socket))"),
                        because: "HAGEN_EPOCH and what else Hagen tells a workload."),
                ])
        ])
    }
}
