// 5:5: error: 'buildExpression' is unavailable: a receiver is not listed: naming it in an alert is enough
import Hagen

let topology = Topology("shop") {
    Receiver.oncall
}
