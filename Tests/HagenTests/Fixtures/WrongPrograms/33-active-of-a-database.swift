// 5:58: error: 'active' is unavailable: the active member of a database is its primary: use '.primary'
import Hagen

let topology = Topology("shop") {
    TCPBalancer("x", on: [.a1], listen: 6433, to: orders.active)
}
