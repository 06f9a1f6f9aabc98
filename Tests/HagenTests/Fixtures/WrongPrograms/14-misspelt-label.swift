// 5:17: error: incorrect argument label in call (have '_:on:listn:to:', expected '_:on:listen:to:')
import Hagen

let topology = Topology("shop") {
    HTTPBalancer("x", on: [.a1], listn: 443, to: api.members)
}
