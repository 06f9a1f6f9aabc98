import Hagen

extension Receiver {
    /// `bin/oncall` listens there and prints what it is told.
    static let oncall = Receiver("oncall", .webhook("http://127.0.0.1:9099/alerts"))
}

extension Shop {
    @TopologyBuilder
    var alerts: [Component] {
        Alert("cpu-high", when: .cpu > .percent(85), for: .minutes(5), severity: .warning, notify: .oncall)
        Alert("disk-full", when: .disk("/") > .percent(95), for: .minutes(1), severity: .warning, notify: .oncall)
        Alert("few-apis", when: .healthyBackends(of: web) < 2, for: .seconds(1), severity: .critical, notify: .oncall)
        for cluster in [orders.name, catalogue.name] {
            Alert(
                "\(cluster)-restarts", expression: "hagen_workload_restarts_total{cluster=\"\(cluster)\"} > 3",
                severity: .warning, annotations: ["summary": "\(cluster) does not stay up"], notify: .oncall)
        }
    }
}
