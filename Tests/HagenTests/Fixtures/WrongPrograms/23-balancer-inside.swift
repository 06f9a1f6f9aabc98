// 6:5: error: 'buildExpression' is unavailable: this belongs beside the cluster, not inside it
import Hagen

let x = FailoverCluster("x", .activePassive, running: .postgreSQL(15)) {
    Member(.a1)
    TCPBalancer("x", on: [.a1], listen: 6433, to: orders.primary)
}
