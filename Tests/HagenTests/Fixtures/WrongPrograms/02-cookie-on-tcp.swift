// 5:75: error: 'cookie' is unavailable: a TCP balancer does not read cookies: use an HTTPBalancer, or '.clientAddress'
import Hagen

let topology = Topology("shop") {
    TCPBalancer("x", on: [.a1], listen: 6433, to: api.members, affinity: .cookie("SID"))
}
