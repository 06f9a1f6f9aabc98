import Hagen

/// Small topologies with one cluster, and figures bad enough that their effect is seen.
enum AvailabilityTopologies {
    static let never = Model.Failures(meanTimeBetweenFailures: .seconds(1 << 32), meanTimeToRepair: .nanoseconds(1))
    static let noWork = Model.PlannedWork(every: .seconds(1 << 32), duration: .nanoseconds(1))

    static func failing(every between: Int, for repair: Int) -> Model.Failures {
        Model.Failures(meanTimeBetweenFailures: .seconds(between), meanTimeToRepair: .seconds(repair))
    }

    /// - Parameters:
    ///   - zones: the zone of each host, which are called `h0`, `h1`, …
    ///   - members: indices of hosts; unsaid, all of them.
    static func one(
        _ kind: Model.Cluster.Kind, zones: [String], members: [Int]? = nil, minimum: Int? = nil,
        host: Model.Failures = never, zone: Model.Failures = never, workload: Model.Failures = never,
        work: Model.PlannedWork = noWork, lease: Duration? = nil, process: Model.ProcessWorkload? = nil
    ) -> Model.Topology {
        Model.Topology(
            name: "one",
            hosts: zones.enumerated().map {
                Model.Host(name: "h\($0.offset)", address: "10.0.0.\($0.offset + 1)/16", zone: $0.element)
            },
            clusters: [
                Model.Cluster(
                    name: "api", kind: kind,
                    workload: .process(process ?? Model.ProcessWorkload(command: ["/bin/api"], port: 80)),
                    members: (members ?? Array(zones.indices)).map { Model.Member(host: "h\($0)") },
                    minimumHealthy: minimum,
                    failover: Model.Failover(
                        lease: lease.map { Model.Lease(duration: $0, renew: .nanoseconds($0.nanoseconds / 4)) }))
            ],
            assumptions: Model.Assumptions(host: host, zone: zone, workload: workload, maintenance: work))
    }
}

extension Model.Topology {
    /// The same with a balancer on the hosts, which leads to the one cluster.
    func balanced(on hosts: [Int], role: Model.Target.Role = .members, virtualIP: Bool = false) -> Self {
        var topology = self
        topology.balancers.append(
            Model.Balancer(
                name: "web\(balancers.count)", hosts: hosts.map { "h\($0)" }, wireProtocol: .tcp, listen: 80,
                target: Model.Target(cluster: "api", role: role),
                virtualIPs: virtualIP ? [Model.VirtualIP(address: "10.0.1.1", interface: "eth0")] : []))
        return topology
    }

    /// The same with the distributed store on the hosts.
    func coordinated(on hosts: [Int]) -> Self {
        var topology = self
        topology.coordination = .etcd(hosts: hosts.map { "h\($0)" })
        return topology
    }
}
