// 5:5: error: 'buildExpression' is unavailable: a host is not listed: naming it in a cluster or a balancer is enough
import Hagen

let topology = Topology("shop") {
    Host.a1
}
