// 6:23: error: type 'Metric<Value>' has no member 'cpuu'
// 6:31: error: type 'MetricValue' has no member 'percent'
import Hagen

let topology = Topology("shop") {
    Alert("x", when: .cpuu > .percent(85), for: .minutes(5), severity: .warning)
}
