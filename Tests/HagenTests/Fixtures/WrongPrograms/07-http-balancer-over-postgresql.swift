// 5:5: error: 'init(_:on:listen:tls:to:strategy:affinity:check:timeouts:retries:maximumConnections:)' is unavailable: a database does not speak HTTP: use a TCPBalancer
import Hagen

let topology = Topology("shop") {
    HTTPBalancer("x", on: [.a1], listen: 443, to: orders.replicas)
}
