// 6:5: error: generic parameter 'Mode' could not be inferred
// 6:27: error: type 'FailoverMode' has no member 'activePasive'
import Hagen

let topology = Topology("shop") {
    FailoverCluster("x", .activePasive, running: .postgreSQL(15)) {
        Member(.a1)
    }
}
