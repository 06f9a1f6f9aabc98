// 5:57: error: 'primary' is unavailable: only a database has a primary: use '.active'
import Hagen

let topology = Topology("shop") {
    TCPBalancer("x", on: [.a1], listen: 6433, to: queue.primary)
}
