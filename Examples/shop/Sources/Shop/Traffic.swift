import Hagen

extension Shop {
    var web: HTTPBalancer {
        HTTPBalancer(
            "web", on: [.n1, .w1], listen: 8000, to: api.members, strategy: .leastConnections,
            check: .http("/ready", every: .milliseconds(500)), retries: 2)
    }

    /// Balancers on every host, for the programs of that host.
    @TopologyBuilder
    var traffic: [Component] {
        TCPBalancer("orders-active", on: .all, listen: 7100, to: orders.active, check: .tcp(every: .milliseconds(500)))
        HTTPBalancer(
            "catalogue-members", on: .all, listen: 7300, to: catalogue.members, strategy: .roundRobin,
            check: .http("/ready", every: .milliseconds(500)))
    }
}
