// 6:5: error: 'buildExpression' is unavailable: this cluster has no primary to replicate from: such replication needs a database in '.activePassive' mode
import Hagen

let x = FailoverCluster("x", .activeActive, running: .mariaDB("10.11")) {
    Member(.a1)
    Replication(.asynchronous)
}
