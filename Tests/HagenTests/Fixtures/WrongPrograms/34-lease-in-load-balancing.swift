// 6:5: error: 'buildExpression' is unavailable: the members of this cluster are equals: what decides who is active belongs to a FailoverCluster
import Hagen

let x = LoadBalancingCluster("x", running: .process("/usr/bin/x", port: 1)) {
    Member(.a1)
    Lease(.seconds(1), renewedEvery: .milliseconds(250))
}
