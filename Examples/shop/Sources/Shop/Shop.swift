import Hagen

@main
struct Shop: Infrastructure {
    /// Hands out order numbers. One member at a time may; the standbys run already, so a failover takes no start.
    let orders = FailoverCluster(
        "orders", .activePassive, running: .process("bin/order-numbers", port: 7000, standby: .hot)
    ) {
        Member(.n1, priority: 200)
        Member(.w1)
        Member(.s1)
        Lease(.seconds(1), renewedEvery: .milliseconds(250))
        Heartbeat(every: .milliseconds(100))
    }

    /// Knows the products. Every member is active, and stops when it can no longer be told what is going on.
    let catalogue = FailoverCluster(
        "catalogue", .activeActive, running: .process("bin/catalogue", port: 7200), minimumHealthy: 1
    ) {
        Member(.n1)
        Member(.s1)
    }

    /// What customers talk to. It reaches the others through the balancers of its own host.
    let api = LoadBalancingCluster(
        "api",
        running: .process(
            "bin/api", port: 8080, environment: ["ORDERS_PORT": "7100", "CATALOGUE_PORT": "7300"],
            restarts: .atMost(10, within: .minutes(1))),
        on: .all, minimumHealthy: 2)

    var topology: Topology {
        Topology("shop") {
            orders
            catalogue
            api
            web
            traffic
            alerts
        }
    }
}
