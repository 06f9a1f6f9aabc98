// 5:29: error: cannot convert value of type 'Double' to expected argument type 'Ratio'
import Hagen

let topology = Topology("shop") {
    Alert("x", when: .cpu > 0.85, for: .minutes(5), severity: .warning)
}
