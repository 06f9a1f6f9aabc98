// 5:58: error: 'primary' is unavailable: every member of an active-active cluster is active: use '.members'
import Hagen

let topology = Topology("shop") {
    TCPBalancer("x", on: [.a1], listen: 6433, to: ledger.primary)
}
