import Hagen

extension Zone { static let a = Zone("eu-1a"), b = Zone("eu-1b"), c = Zone("eu-1c") }
extension Host {
    static let a1 = Host("a1", address: "10.0.0.11/24", zone: .a)
    static let b1 = Host("b1", address: "10.0.0.12/24", zone: .b)
    static let c1 = Host("c1", address: "10.0.0.13/24", zone: .c)
}

extension Receiver { static let oncall = Receiver("oncall", .webhook(.credential("oncall-url"))) }

@main
struct Shop: Infrastructure {
    let orders = FailoverCluster("orders", .activePassive, running: .postgreSQL(15)) {
        Member(.a1, priority: 200)
        Member(.b1)
        Member(.c1)
        Replication(.synchronous(acknowledgements: 1), maximumLag: .mebibytes(16))
        Lease(.seconds(1), renewedEvery: .milliseconds(250))
        Fencing(.watchdog("/dev/watchdog"))
        VirtualIP("10.0.0.50", on: "eth0")
    }
    let api = LoadBalancingCluster("api", running: .process("/usr/bin/api", port: 8080),
                                   on: [.a1, .b1, .c1], minimumHealthy: 2)

    var topology: Topology {
        Topology("shop", coordination: .etcd(on: [.a1, .b1, .c1])) {
            orders
            api
            traffic
            Alert("cpu-high", when: .cpu > .percent(85), for: .minutes(5), severity: .warning, notify: .oncall)
            Alert("slow-api", when: .latency(0.99, of: api) > .milliseconds(250), for: .minutes(2),
                  severity: .critical, notify: .oncall)
            Objective("api-availability", of: api, availability: .percent(99.99), window: .days(30))
        }
    }

    @TopologyBuilder
    var traffic: [Component] {
        let edge: [Host] = [.a1, .b1]
        HTTPBalancer("web", on: edge, listen: 443, tls: .credential("web-pem"), to: api.members,
                     strategy: .leastConnections, check: .http("/ready", every: .seconds(1))) {
            VirtualIP("10.0.0.80", on: "eth0")
        }
        TCPBalancer("orders-rw", on: edge, listen: 6432, to: orders.primary)
        TCPBalancer("orders-ro", on: edge, listen: 6433, to: orders.replicas, strategy: .roundRobin)
    }
}
