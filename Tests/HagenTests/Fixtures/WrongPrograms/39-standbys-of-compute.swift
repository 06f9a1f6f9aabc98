// 5:57: error: 'standbys' is unavailable: the members of a compute cluster are equals: use '.members', or declare a FailoverCluster
import Hagen

let topology = Topology("shop") {
    TCPBalancer("x", on: [.a1], listen: 6433, to: batch.standbys)
}
