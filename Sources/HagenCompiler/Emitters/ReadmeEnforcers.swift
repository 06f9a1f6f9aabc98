internal import Hagen

/// The README's list of what stops a member that has lost its right to act (rule 8 of the safety page).
extension ReadmePage {
    struct Enforcement {
        struct Row {
            var cluster, by: String
        }
        var rows: [Row]
    }

    /// `nil` where nothing needs a lease.
    static func enforcement(_ release: Release) -> Enforcement? {
        var byName: [String: FailoverConfiguration.Cluster] = [:]
        for cluster in release.hosts.flatMap({ $0.failover?.clusters ?? [] }) where cluster.lease != nil {
            byName[cluster.name] = byName[cluster.name] ?? cluster
        }
        guard !byName.isEmpty else { return nil }
        return Enforcement(
            rows: byName.values.sorted { $0.name < $1.name }.map { cluster in
                Enforcement.Row(
                    cluster: cluster.name,
                    by: enforcers(of: cluster).enumerated().map { "\($0 + 1). \($1)" }.joined(separator: "; "))
            })
    }

    private static func enforcers(of cluster: FailoverConfiguration.Cluster) -> [String] {
        var enforcers = [
            cluster.workload.kind == .none
                ? "its supervisor takes it off at the deadline" : "its supervisor ends the workload at the deadline"
        ]
        if let port = cluster.permitPort {
            enforcers.append("the kernel lets clients reach port \(port) only until the deadline (nftables)")
        }
        if !cluster.addresses.isEmpty {
            let which = cluster.addresses.map(\.address.description).joined(separator: ", ")
            enforcers.append(
                "the kernel answers for \(which) only until the deadline (nftables), and takes it off within 3 s of it")
        }
        for level in cluster.fencing {
            switch level {
            case .watchdog(let device):
                enforcers.append(
                    cluster.lease?.outlastsWatchdog ?? false
                        ? "the watchdog \(device) resets the host before another member may act"
                        : "the watchdog \(device) resets the host some 5 s after the deadline, later than another may act"
                )
            case .agent(let name, _, _): enforcers.append("another host turns the host off by \(name)")
            }
        }
        return enforcers
    }
}
