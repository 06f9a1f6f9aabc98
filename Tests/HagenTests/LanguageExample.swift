@testable import Hagen

/// What the example of the language's page means, written out by hand.
enum LanguageExample {
    static let model = Model.Topology(
        name: "shop", coordination: .etcd(hosts: ["a1", "b1", "c1"]),
        hosts: [
            Model.Host(name: "a1", address: "10.0.0.11/24", zone: "eu-1a"),
            Model.Host(name: "b1", address: "10.0.0.12/24", zone: "eu-1b"),
            Model.Host(name: "c1", address: "10.0.0.13/24", zone: "eu-1c"),
        ],
        clusters: [
            Model.Cluster(
                name: "orders", kind: .activePassive, workload: .postgreSQL(version: 15, port: nil),
                members: [
                    Model.Member(host: "a1", priority: 200), Model.Member(host: "b1"), Model.Member(host: "c1"),
                ],
                replication: Model.Replication(
                    mode: .synchronous, acknowledgements: 1, maximumLag: ByteCount(bytes: 16_777_216)),
                failover: Model.Failover(
                    lease: Model.Lease(duration: .seconds(1), renew: .milliseconds(250)),
                    fencing: [.watchdog(device: "/dev/watchdog")]),
                virtualIPs: [Model.VirtualIP(address: "10.0.0.50", interface: "eth0")]),
            Model.Cluster(
                name: "api", kind: .loadBalancing,
                workload: .process(Model.ProcessWorkload(command: ["/usr/bin/api"], port: 8080)),
                members: ["a1", "b1", "c1"].map { Model.Member(host: $0) }, minimumHealthy: 2),
        ],
        balancers: [
            Model.Balancer(
                name: "web", hosts: ["a1", "b1"], wireProtocol: .http, listen: "443", tls: Credential(name: "web-pem"),
                target: Model.Target(cluster: "api", role: .members), strategy: .leastConnections,
                check: Model.Check(.http(path: "/ready", status: [], contains: nil), every: .seconds(1)),
                virtualIPs: [Model.VirtualIP(address: "10.0.0.80", interface: "eth0")]),
            Model.Balancer(
                name: "orders-rw", hosts: ["a1", "b1"], wireProtocol: .tcp, listen: "6432",
                target: Model.Target(cluster: "orders", role: .primary)),
            Model.Balancer(
                name: "orders-ro", hosts: ["a1", "b1"], wireProtocol: .tcp, listen: "6433",
                target: Model.Target(cluster: "orders", role: .replicas), strategy: .roundRobin),
        ],
        monitoring: Model.Monitoring(
            receivers: [
                Model.Receiver(
                    name: "oncall", channel: .webhook(url: .credential(Credential(name: "oncall-url"))))
            ],
            alerts: [
                Model.Alert(
                    name: "cpu-high", expression: "instance:node_cpu_utilisation:rate1m > 0.85", hold: .seconds(300),
                    labels: ["severity": "warning"], receivers: ["oncall"]),
                Model.Alert(
                    name: "slow-api",
                    expression: """
                        histogram_quantile(0.99, sum by (le) \
                        (rate(hagen_request_duration_seconds_bucket{cluster="api"}[5m]))) > 0.25
                        """,
                    hold: .seconds(120), labels: ["severity": "critical"], receivers: ["oncall"]),
            ]),
        objectives: [
            Model.Objective(
                name: "api-availability", cluster: "api", availability: Ratio(fraction: 0.9999),
                window: .seconds(30 * 86_400))
        ])

    /// The compiler gives the place of the parenthesis that opens a declaration's arguments.
    static func sources(file: String) -> SourceMap {
        var map = SourceMap()
        for (path, line, column) in places {
            map.spans[path] = SourceSpan(file: file, line: line, column: column)
        }
        return map
    }

    private static var places: [(ModelPath, Int, Int)] {
        let root = ModelPath.root
        let (orders, alerts) = (root["clusters"][0], root["monitoring"]["alerts"])
        return [
            (root, 27, 17),
            (root["hosts"][0], 5, 25), (root["hosts"][1], 6, 25), (root["hosts"][2], 7, 25),
            (orders, 14, 33),
            (orders["members"][0], 15, 15), (orders["members"][1], 16, 15), (orders["members"][2], 17, 15),
            (orders["replication"], 18, 20), (orders["failover"]["lease"], 19, 14),
            (orders["failover"]["fencing"][0], 20, 16), (orders["virtualIPs"][0], 21, 18),
            (root["clusters"][1], 23, 35),
            (root["clusters"][1]["members"][0], 23, 35), (root["clusters"][1]["members"][1], 23, 35),
            (root["clusters"][1]["members"][2], 23, 35),
            (root["balancers"][0], 41, 21), (root["balancers"][0]["virtualIPs"][0], 43, 22),
            (root["balancers"][1], 45, 20), (root["balancers"][2], 46, 20),
            (root["monitoring"]["receivers"][0], 10, 50), (alerts[0], 31, 18), (alerts[1], 32, 18),
            (root["objectives"][0], 34, 22),
        ]
    }
}
