// 5:5: error: 'init(_:on:listen:tls:to:strategy:affinity:check:timeouts:retries:maximumConnections:)' is unavailable: one member at a time has this role, so there is nothing to choose: leave 'strategy:' out
import Hagen

let topology = Topology("shop") {
    TCPBalancer("x", on: [.a1], listen: 6433, to: orders.primary, strategy: .roundRobin)
}
