// 6:5: error: 'buildExpression' is unavailable: an active-passive cluster has one primary: use '.activeActive', or '.synchronous' or '.asynchronous'
import Hagen

let x = FailoverCluster("x", .activePassive, running: .postgreSQL(15)) {
    Member(.a1)
    Replication(.multiPrimary)
}
