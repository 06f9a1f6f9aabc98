// What the wrong programs talk about; compiled with each of them.
import Hagen

extension Zone { static let a = Zone("eu-1a") }
extension Host {
    static let a1 = Host("a1", address: "10.0.1.11/24", zone: .a), b1 = Host("b1", address: "10.0.1.12/24", zone: .a)
}
extension Receiver { static let oncall = Receiver("oncall", .webhook("http://127.0.0.1:9000/")) }

let orders = FailoverCluster("orders", .activePassive, running: .postgreSQL(15)) {
    Member(.a1)
    Member(.b1)
}
let queue = FailoverCluster("queue", .activePassive, running: .process("/usr/bin/queue", port: 9000)) {
    Member(.a1)
    Member(.b1)
}
let ledger = FailoverCluster("ledger", .activeActive, running: .mariaDB("10.11")) {
    Member(.a1)
    Member(.b1)
}
let api = LoadBalancingCluster("api", running: .process("/usr/bin/api", port: 8080), on: [.a1, .b1])
let batch = ComputeCluster("batch", running: .slurm(), on: [.a1, .b1])
