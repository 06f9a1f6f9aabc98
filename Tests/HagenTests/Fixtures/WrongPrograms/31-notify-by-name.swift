// 5:71: error: cannot convert value of type 'String' to expected argument type 'Receiver'
import Hagen

let topology = Topology("shop") {
    Alert("x", when: .cpu > .percent(85), severity: .warning, notify: "oncall")
}
