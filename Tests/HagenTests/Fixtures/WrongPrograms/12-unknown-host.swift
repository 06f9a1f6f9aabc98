// 5:28: error: type 'Host' has no member 'a9'
import Hagen

let topology = Topology("shop") {
    TCPBalancer("x", on: [.a9], listen: 6433, to: api.members)
}
