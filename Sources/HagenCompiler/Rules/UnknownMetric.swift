internal import Hagen
internal import PromQL

/// An alert on a metric that nobody measures.
struct UnknownMetric: Rule {
    let code = DiagnosticCode(165)
    let title = "unknown metric"
    let severity = Diagnostic.Severity.error
    let explanation = Explanation(
        finds: "An alert whose metric is none of those that Hagen's monitor collects: its own, those of the host "
            + "under node_exporter's names, and the recorded ones.",
        why: "There is never a series with this name, so the alert never fires, and nobody notices that it does "
            + "not.",
        example: """
            apiVersion: hagen/v1
            name: shop
            hosts:
              a1: {address: 10.0.0.11/24, zone: eu-1a}
            monitoring:
              receivers:
                - {name: oncall, webhook: {url: {credential: oncall-url}}}
              alerts:
                - {alert: cpu-high, expr: 'instance:node_cpu_utilization:rate1m > 0.85', receiver: oncall}
            """,
        fix: "Correct the name. All names that a host has stand in its /metrics, with a description each.")
    let nearMiss = """
        apiVersion: hagen/v1
        name: shop
        hosts:
          a1: {address: 10.0.0.11/24, zone: eu-1a}
        monitoring:
          receivers:
            - {name: oncall, webhook: {url: {credential: oncall-url}}}
          alerts:
            - {alert: cpu-high, expr: 'instance:node_cpu_utilisation:rate1m > 0.85', receiver: oncall}
        """

    func check(_ context: RuleContext) -> [Diagnostic] {
        AlertExpressions.parsed(context).compactMap { alert in
            guard let name = alert.expression.selector.metric, KnownMetrics.named(name) == nil else { return nil }
            let meant = KnownMetrics.synonyms[name] ?? Spelling.nearest(to: name, among: KnownMetrics.names)
            let range = alert.range(of: name)
            let span = range.flatMap { context.textSpan(ofBytes: $0, in: alert.text, at: alert.path) }
            return finding(
                "there is no metric '\(name)', so alert '\(alert.name)' never fires",
                at: span ?? context.span(alert.path),
                label: meant.map { "did you mean '\($0)'?" } ?? "nobody measures it",
                help: meant == nil ? ["the metrics that there are stand in /metrics of each host"] : [],
                fixes: zip([meant].compactMap(\.self), [span].compactMap(\.self)).map { meant, span in
                    .init("write '\(meant)'", [.init(span, meant)], .maybe)
                })
        }
    }
}
