// 5:41: error: type 'Workload' has no member 'proces'
import Hagen

let topology = Topology("shop") {
    LoadBalancingCluster("x", running: .proces("/x", port: 1), on: [.a1])
}
