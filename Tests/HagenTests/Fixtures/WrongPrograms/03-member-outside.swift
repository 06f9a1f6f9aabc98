// 5:5: error: 'buildExpression' is unavailable: a member belongs to a cluster: move 'Member' into the braces of a cluster
import Hagen

let topology = Topology("shop") {
    Member(.a1, priority: 200)
}
