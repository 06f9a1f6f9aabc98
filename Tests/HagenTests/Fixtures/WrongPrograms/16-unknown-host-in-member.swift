// 6:13: error: type 'Host' has no member 'c9'
import Hagen

let x = FailoverCluster("x", .activePassive, running: .postgreSQL(15)) {
    Member(.a1)
    Member(.c9)
}
