// 6:9: error: 'buildExpression' is unavailable: only a VirtualIP stands in the braces of a balancer
import Hagen

let topology = Topology("shop") {
    HTTPBalancer("x", on: [.a1], listen: 443, to: api.members) {
        Member(.a1)
    }
}
