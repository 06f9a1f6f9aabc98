// 5:75: error: type 'Strategy?' (aka 'Optional<Model.Balancer.Strategy>') has no member 'leastConnection'
import Hagen

let topology = Topology("shop") {
    HTTPBalancer("x", on: [.a1], listen: 443, to: api.members, strategy: .leastConnection)
}
