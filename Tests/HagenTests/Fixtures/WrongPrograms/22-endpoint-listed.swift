// 5:5: error: 'buildExpression' is unavailable: an endpoint is not listed: list its cluster, and give the endpoint to a balancer
import Hagen

let topology = Topology("shop") {
    api.members
}
