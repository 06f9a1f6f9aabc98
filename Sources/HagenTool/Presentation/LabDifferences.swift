internal import Hagen

/// What of a topology runs otherwise in the lab, or not at all: said, so that nobody takes the lab for the whole.
enum LabDifferences {
    /// A line for each.
    static func of(_ topology: Model.Topology) -> [String] {
        var lines: [String] = []
        if case .etcd(let hosts, _) = topology.coordination {
            lines.append(
                "The embedded store stands in for etcd on \(hosts.joined(separator: ", ")): the lab runs it beside the hosts."
            )
        }
        let virtualIPs = topology.clusters.flatMap(\.virtualIPs) + topology.balancers.flatMap(\.virtualIPs)
        if !virtualIPs.isEmpty {
            lines.append(
                "Nobody carries \(list(virtualIPs.map(\.address))): the hosts of the lab share one network, without virtual IPs."
            )
        }
        let fencing = topology.clusters.filter { cluster in cluster.failover.fencing.contains { $0 != .itself } }
        if !fencing.isEmpty {
            lines.append(
                "Supervisors alone fence \(list(fencing.map(\.name))): the lab touches no watchdog and runs no fence agent."
            )
        }
        return lines
    }

    private static func list(_ names: [String]) -> String { Set(names).sorted().joined(separator: ", ") }
}
