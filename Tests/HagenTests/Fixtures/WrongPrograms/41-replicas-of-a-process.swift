// 5:57: error: 'replicas' is unavailable: only a database has replicas: use '.standbys'
import Hagen

let topology = Topology("shop") {
    TCPBalancer("x", on: [.a1], listen: 6433, to: queue.replicas)
}
