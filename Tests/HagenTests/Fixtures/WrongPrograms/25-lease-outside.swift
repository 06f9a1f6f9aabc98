// 5:5: error: 'buildExpression' is unavailable: this describes a cluster: move it into the braces of a FailoverCluster
import Hagen

let topology = Topology("shop") {
    Lease(.seconds(1), renewedEvery: .milliseconds(250))
}
