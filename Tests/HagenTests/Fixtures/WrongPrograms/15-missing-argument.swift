// 5:32: error: missing argument for parameter 'listen' in call
import Hagen

let topology = Topology("shop") {
    HTTPBalancer("x", on: [.a1], to: api.members)
}
