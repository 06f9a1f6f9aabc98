// 6:9: error: 'buildExpression' is unavailable: the address of a balancer moves between its hosts: leave 'prefers:' out
import Hagen

let topology = Topology("shop") {
    HTTPBalancer("x", on: [.a1], listen: 443, to: api.members) {
        VirtualIP("10.0.0.80", on: "eth0", prefers: .a1)
    }
}
