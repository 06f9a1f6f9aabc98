internal import Hagen
internal import PromQL

/// An alert in a part of PromQL that the monitor does not evaluate.
struct AlertNotEvaluated: Rule {
    let code = DiagnosticCode(115)
    let title = "alert expression that is not evaluated yet"
    let severity = Diagnostic.Severity.error
    let explanation = Explanation(
        finds: "An alert whose 'expr' is PromQL, but more than a comparison of a selector with a number.",
        why: "This version's monitor evaluates only that: the alert would never fire.",
        example: """
            apiVersion: hagen/v1
            name: shop
            hosts:
              a1: {address: 10.0.0.11/24, zone: eu-1a}
            monitoring:
              receivers:
                - {name: oncall, webhook: {url: "http://10.0.0.9/alerts"}}
              alerts:
                - {alert: cpu-high, expr: 'avg(instance:node_cpu_utilisation:rate1m) > 0.85', receiver: oncall}
            """,
        fix: "Compare one of the recorded series with a number, as in instance:node_cpu_utilisation:rate1m > 0.85.")
    let nearMiss = """
        apiVersion: hagen/v1
        name: shop
        hosts:
          a1: {address: 10.0.0.11/24, zone: eu-1a}
        monitoring:
          receivers:
            - {name: oncall, webhook: {url: "http://10.0.0.9/alerts"}}
          alerts:
            - {alert: cpu-high, expr: 'instance:node_cpu_utilisation:rate1m > 0.85', receiver: oncall}
        """

    func check(_ context: RuleContext) -> [Diagnostic] {
        AlertExpressions.faults(context).compactMap { fault in
            guard case .notSupported(let feature) = fault.error.kind else { return nil }
            return finding(
                "alert '\(fault.alert)' uses \(feature.rawValue), which the monitor does not evaluate yet",
                at: fault.span, label: feature.rawValue,
                help: ["compare a series with a number, such as 'instance:node_cpu_utilisation:rate1m > 0.85'"])
        }
    }
}
