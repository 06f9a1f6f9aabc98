// 6:5: error: 'buildExpression' is unavailable: this cluster has no primary to replicate from: such replication needs a database in '.activePassive' mode
import Hagen

let x = FailoverCluster("x", .activePassive, running: .process("/usr/bin/x", port: 1)) {
    Member(.a1)
    Replication(.synchronous(acknowledgements: 1))
}
