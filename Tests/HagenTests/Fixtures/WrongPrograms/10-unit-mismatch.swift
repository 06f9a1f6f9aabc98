// 5:30: error: type 'Ratio' has no member 'milliseconds'
import Hagen

let topology = Topology("shop") {
    Alert("x", when: .cpu > .milliseconds(250), for: .minutes(5), severity: .warning)
}
