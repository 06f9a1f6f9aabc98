// 7:45: error: missing argument for parameter 'to' in call
// 7:5: error: generic parameter 'some Workload' could not be inferred
// 7:5: error: generic parameter 'some SingleRole' could not be inferred
import Hagen

let topology = Topology("shop") {
    TCPBalancer("x", on: [.a1], listen: 6433)
}
