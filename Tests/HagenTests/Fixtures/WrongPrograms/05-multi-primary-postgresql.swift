// 7:5: error: 'buildExpression' is unavailable: this workload cannot take writes on several members: use '.mariaDB', or '.activePassive' with '.synchronous' or '.asynchronous'
import Hagen

let x = FailoverCluster("x", .activeActive, running: .postgreSQL(15)) {
    Member(.a1)
    Member(.b1)
    Replication(.multiPrimary)
}
