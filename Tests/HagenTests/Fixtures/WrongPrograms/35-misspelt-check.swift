// 5:72: error: type 'Check?' has no member 'htp'
import Hagen

let topology = Topology("shop") {
    TCPBalancer("x", on: [.a1], listen: 6433, to: api.members, check: .htp("/"))
}
