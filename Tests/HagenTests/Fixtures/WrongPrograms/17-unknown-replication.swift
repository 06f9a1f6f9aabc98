// 6:18: error: type 'PrimaryReplica' has no member 'synchronos'
import Hagen

let x = FailoverCluster("x", .activePassive, running: .postgreSQL(15)) {
    Member(.a1)
    Replication(.synchronos(acknowledgements: 1))
}
