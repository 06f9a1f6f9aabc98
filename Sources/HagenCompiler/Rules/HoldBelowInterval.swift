internal import Hagen

/// An alert that is to hold for less time than passes between two looks.
struct HoldBelowInterval: Rule {
    let code = DiagnosticCode(163)
    let title = "'for' below the monitor's interval"
    let severity = Diagnostic.Severity.warning
    let explanation = Explanation(
        finds: "An alert whose 'for' is more than 0 and shorter than the interval at which the monitor measures "
            + "and judges.",
        why: "The monitor looks again only after its interval: the alert fires no sooner than that, whatever "
            + "'for' says, and on the second look, so that a fault between two looks is never seen.",
        example: """
            apiVersion: hagen/v1
            name: shop
            hosts:
              a1: {address: 10.0.0.11/24, zone: eu-1a}
            monitoring:
              interval: 30s
              receivers:
                - {name: oncall, webhook: {url: {credential: oncall-url}}}
              alerts:
                - {alert: store-lost, expr: hagen_store_reachable == 0, for: 10s, receiver: oncall}
            """,
        fix: "Measure more often, make 'for' as long as two intervals or more, or leave it out where the first "
            + "look is to count.")
    let nearMiss = """
        apiVersion: hagen/v1
        name: shop
        hosts:
          a1: {address: 10.0.0.11/24, zone: eu-1a}
        monitoring:
          interval: 30s
          receivers:
            - {name: oncall, webhook: {url: {credential: oncall-url}}}
          alerts:
            - {alert: store-lost, expr: hagen_store_reachable == 0, for: 1m, receiver: oncall}
        """

    func check(_ context: RuleContext) -> [Diagnostic] {
        let monitoring = context.model.monitoring
        let interval = monitoring.interval ?? Defaults.monitorInterval
        guard Model.Monitoring.intervals.contains(interval) else { return [] }
        return monitoring.alerts.enumerated().compactMap { index, alert in
            guard let hold = alert.hold, hold > .zero, hold < interval else { return nil }
            let path = ModelPath.root["monitoring"]
            let place = path["alerts"][index]["hold"]
            return finding(
                "alert '\(alert.name)' is to hold for \(hold.text), and the monitor looks every \(interval.text)",
                at: context.span(place), label: "is \(interval.text) in truth",
                secondary: [
                    monitoring.interval == nil ? nil : context.label(path["interval"], "from one look to the next")
                ],
                notes: monitoring.interval == nil ? ["unsaid, 'interval' is \(interval.text)"] : [],
                help: ["make 'for' at least \((interval * 2).text), measure more often, or leave 'for' out"],
                fixes: context.textSpan(place).map {
                    [.init("write '\((interval * 2).text)'", [.init($0, (interval * 2).text)], .maybe)]
                } ?? [])
        }
    }
}
