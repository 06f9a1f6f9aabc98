// 6:5: error: 'buildExpression' is unavailable: the address of an active-passive cluster moves with its active member: leave 'prefers:' out
import Hagen

let x = FailoverCluster("x", .activePassive, running: .postgreSQL(15)) {
    Member(.a1)
    VirtualIP("10.0.0.50", on: "eth0", prefers: .a1)
}
