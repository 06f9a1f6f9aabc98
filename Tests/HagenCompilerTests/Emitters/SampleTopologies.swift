import Hagen

/// Topologies that the tests of lowering and emitters share; each is free of errors in the placements that it is for.
enum SampleTopologies {
    static let webhook = Model.Receiver(
        name: "oncall", channel: .webhook(url: .credential(Credential(name: "oncall-url"))))

    static func process(_ command: [String], port: Int?) -> Model.Workload {
        .process(Model.ProcessWorkload(command: command, port: port))
    }

    /// Three hosts of one machine: everything that a release can hold.
    static var shop: Model.Topology {
        Model.Topology(
            name: "shop",
            hosts: [
                Model.Host(name: "a1", address: "127.0.0.11/8", zone: "eu-1a"),
                Model.Host(name: "b1", address: "127.0.0.12/8", zone: "eu-1b"),
                Model.Host(name: "c1", address: "127.0.0.13/8", zone: "eu-1c"),
            ],
            clusters: [
                Model.Cluster(
                    name: "api", kind: .loadBalancing, workload: process(["bin/api", "--verbose"], port: 8080),
                    members: ["a1", "b1", "c1"].map { Model.Member(host: $0) }, minimumHealthy: 2),
                Model.Cluster(
                    name: "ledger", kind: .activePassive, workload: process(["bin/ledger"], port: 7000),
                    members: [
                        Model.Member(host: "a1"), Model.Member(host: "b1", priority: 200),
                        Model.Member(host: "c1", candidate: false),
                    ],
                    failover: Model.Failover(check: Model.Check(.tcp))),
                Model.Cluster(
                    name: "legacy", kind: .loadBalancing,
                    workload: .external(endpoints: ["10.0.9.2:8080", "10.0.9.1:8080"])),
            ],
            balancers: [
                Model.Balancer(
                    name: "web", hosts: ["a1", "b1"], wireProtocol: .http, listen: 80,
                    target: Model.Target(cluster: "api"),
                    strategy: .leastConnections,
                    check: Model.Check(.http(path: "/ready", status: [], contains: nil), every: .milliseconds(500))),
                Model.Balancer(
                    name: "ledger-rw", hosts: ["a1", "b1"], wireProtocol: .tcp, listen: 6432,
                    target: Model.Target(cluster: "ledger", role: .active), check: Model.Check(.tcp)),
                Model.Balancer(
                    name: "old", hosts: ["c1"], wireProtocol: .http, listen: "127.0.0.13:8081",
                    target: Model.Target(cluster: "legacy"), check: Model.Check(.tcp)),
            ],
            monitoring: Model.Monitoring(
                receivers: [webhook],
                alerts: [
                    Model.Alert(
                        name: "cpu-high", expression: "instance:node_cpu_utilisation:rate1m > 0.85",
                        hold: .seconds(300),
                        labels: ["severity": "warning"], receivers: ["oncall"])
                ]))
    }

    /// One host in a network, with a port that only root may listen on.
    static var single: Model.Topology {
        var topology = shop
        topology.name = "single"
        topology.hosts = [Model.Host(name: "a1", address: "10.0.0.5/24", zone: "home")]
        for index in topology.clusters.indices {
            topology.clusters[index].members.removeAll { $0.host != "a1" }
            // A host in a network has no topology folder.
            guard case .process(var process) = topology.clusters[index].workload else { continue }
            process.command[0] = "/usr/" + process.command[0]
            topology.clusters[index].workload = .process(process)
        }
        topology.clusters[0].minimumHealthy = 1
        topology.balancers.removeLast()
        for index in topology.balancers.indices { topology.balancers[index].hosts = ["a1"] }
        return topology
    }

    /// Three machines in a network that agree through etcd, one of them a witness.
    static var cluster: Model.Topology {
        Model.Topology(
            name: "cluster", coordination: .etcd(hosts: ["a1", "b1", "w1"], tls: true),
            hosts: [
                Model.Host(name: "a1", address: "10.0.0.11/24", zone: "eu-1a"),
                Model.Host(name: "b1", address: "10.0.0.12/24", zone: "eu-1b"),
                Model.Host(name: "w1", address: "10.0.0.13/24", zone: "eu-1c", witness: true),
            ],
            clusters: [
                Model.Cluster(
                    name: "orders", kind: .activePassive, workload: process(["/usr/bin/orders"], port: 7000),
                    members: [Model.Member(host: "a1"), Model.Member(host: "b1")])
            ],
            balancers: [
                Model.Balancer(
                    name: "orders", hosts: ["a1", "b1"], wireProtocol: .tcp, listen: 6432,
                    target: Model.Target(cluster: "orders", role: .active), check: Model.Check(.tcp))
            ])
    }

    /// Virtual IPs that are groups of their own: of three hosts that all serve, and of a pair of balancers with a witness.
    static var addresses: Model.Topology {
        Model.Topology(
            name: "addresses", coordination: .etcd(hosts: ["p1", "p2", "w1"], tls: true),
            hosts: [
                Model.Host(name: "h1", address: "10.0.0.11/24", zone: "eu-1a"),
                Model.Host(name: "h2", address: "10.0.0.12/24", zone: "eu-1b"),
                Model.Host(name: "h3", address: "10.0.0.13/24", zone: "eu-1c"),
                Model.Host(name: "p1", address: "10.0.0.14/24", zone: "eu-1a"),
                Model.Host(name: "p2", address: "10.0.0.15/24", zone: "eu-1b"),
                Model.Host(name: "w1", address: "10.0.0.16/24", zone: "eu-1c", witness: true),
            ],
            clusters: [
                Model.Cluster(
                    name: "shop", kind: .activeActive, workload: process(["/usr/bin/shop"], port: 7000),
                    members: ["h1", "h2", "h3"].map { Model.Member(host: $0) },
                    virtualIPs: [
                        Model.VirtualIP(address: "10.0.0.101", interface: "eth0", prefers: "h1"),
                        Model.VirtualIP(address: "10.0.0.102", interface: "eth0", prefers: "h1"),
                        Model.VirtualIP(address: "10.0.0.103", interface: "eth0", prefers: "h2"),
                        Model.VirtualIP(address: "10.0.0.104", interface: "eth0"),
                    ])
            ],
            balancers: [
                Model.Balancer(
                    name: "front", hosts: ["p1", "p2"], wireProtocol: .tcp, listen: 7100,
                    target: Model.Target(cluster: "shop"), check: Model.Check(.tcp),
                    virtualIPs: [Model.VirtualIP(address: "10.0.0.105", interface: "eth0", prefers: "p1")])
            ])
    }

    /// Twelve hosts in four zones, with names as long as they may get.
    static var large: Model.Topology {
        let hosts = (1...12).map { number in
            Model.Host(
                name: number == 12 ? "a-host-with-a-very-long-name-indeed" : "host\(number)",
                address: "127.0.0.\(number)/8", zone: "eu-\(number % 4)")
        }
        let names = hosts.map(\.name)
        let clusters = (1...7).map { number in
            Model.Cluster(
                name: "cluster-\(number)", kind: number % 2 == 0 ? .activePassive : .loadBalancing,
                workload: process(["bin/program-\(number)"], port: 7000 + number),
                members: names.enumerated().filter { index, _ in index % 4 != number % 4 || number > 5 }
                    .map { Model.Member(host: $0.element) })
        }
        let balancers = (1...9).map { number in
            Model.Balancer(
                name: "balancer-\(number)", hosts: Array(names.prefix(3)), wireProtocol: .tcp,
                listen: .port(6000 + number),
                target: Model.Target(cluster: "cluster-\(number % 7 + 1)"), check: Model.Check(.tcp))
        }
        return Model.Topology(name: "large", hosts: hosts, clusters: clusters, balancers: balancers)
    }
}
