// 6:11: error: cannot convert value of type 'Int' to expected argument type 'Duration'
import Hagen

let x = FailoverCluster("x", .activePassive, running: .postgreSQL(15)) {
    Member(.a1)
    Lease(1, renewedEvery: .milliseconds(250))
}
