internal import Hagen
internal import PromQL

/// An alert that can never fire, or that always fires.
struct ThresholdOutOfRange: Rule {
    let code = DiagnosticCode(164)
    let title = "threshold that never or always holds"
    let severity = Diagnostic.Severity.warning
    let explanation = Explanation(
        finds: "An alert that compares a metric with a number beyond the metric's range: a share, which is 0 to 1, "
            + "with 85; a flag, which is 0 or 1, with 2; a counter with less than 0; healthy members with more "
            + "than there are.",
        why: "An alert that cannot fire looks like protection and is none; one that always fires teaches "
            + "everybody to look away.",
        example: """
            apiVersion: hagen/v1
            name: shop
            hosts:
              a1: {address: 10.0.0.11/24, zone: eu-1a}
            monitoring:
              receivers:
                - {name: oncall, webhook: {url: {credential: oncall-url}}}
              alerts:
                - {alert: cpu-high, expr: 'instance:node_cpu_utilisation:rate1m > 85', receiver: oncall}
            """,
        fix: "Write a number inside the range. Shares are parts of one: 85 % is 0.85.")
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
            let expression = alert.expression
            guard let name = expression.selector.metric, let metric = KnownMetrics.named(name) else { return nil }
            var values = metric.values
            var whose = ""
            if name == "hagen_balancer_backends_healthy", let (balancer, count) = backends(of: expression, context) {
                values = MetricValues(0, Double(count), areWhole: true)
                whose = " of balancer '\(balancer)', which has \(count) \(count == 1 ? "member" : "members"),"
            }
            let verdict: String
            if !values.allow(expression.comparison, expression.number) {
                verdict = "never"
            } else if values.force(expression.comparison, expression.number) {
                verdict = "always"
            } else {
                return nil
            }
            return finding(
                "alert '\(alert.name)' \(verdict) fires: '\(name)'\(whose) is \(values.text)",
                at: context.span(alert.path), label: "\(verdict) \(phrase(expression))",
                help: help(for: expression, values), fixes: fixes(for: alert, values, context))
        }
    }

    private func phrase(_ expression: Expression) -> String {
        let number = formatted(expression.number)
        return switch expression.comparison {
        case .equal: number
        case .notEqual: "anything but \(number)"
        case .less: "below \(number)"
        case .lessOrEqual: "at most \(number)"
        case .greater: "above \(number)"
        case .greaterOrEqual: "at least \(number)"
        }
    }

    /// The balancer that the expression names, and how many members it has.
    private func backends(of expression: Expression, _ context: RuleContext) -> (name: String, count: Int)? {
        let matcher = expression.selector.matchers.first { $0.label == "balancer" && $0.operation == .equal }
        guard let matcher, let balancer = context.balancer(named: matcher.value),
            let cluster = context.cluster(named: balancer.target.cluster)
        else { return nil }
        return (balancer.name, cluster.memberCount)
    }

    private func isPercent(_ expression: Expression, _ values: MetricValues) -> Bool {
        values == .share && expression.number > 1 && expression.number <= 100
    }

    private func help(for expression: Expression, _ values: MetricValues) -> [String] {
        guard isPercent(expression, values) else { return ["compare it with a number from its range"] }
        let number = formatted(expression.number)
        return ["a share is a part of one: \(number) % is \(formatted(expression.number / 100))"]
    }

    private func fixes(
        for alert: AlertExpressions.Parsed, _ values: MetricValues, _ context: RuleContext
    ) -> [Diagnostic.Fix] {
        guard isPercent(alert.expression, values), let range = alert.numberRange,
            let span = context.textSpan(ofBytes: range, in: alert.text, at: alert.path)
        else { return [] }
        let share = formatted(alert.expression.number / 100)
        return [.init("write '\(share)'", [.init(span, share)], .maybe)]
    }
}
