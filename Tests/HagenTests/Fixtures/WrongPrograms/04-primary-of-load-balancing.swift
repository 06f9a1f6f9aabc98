// 5:55: error: 'primary' is unavailable: the members of a load-balancing cluster are equals: use '.members', or declare a FailoverCluster
import Hagen

let topology = Topology("shop") {
    TCPBalancer("x", on: [.a1], listen: 6433, to: api.primary)
}
