internal import Hagen
internal import PromQL

/// An alert whose expression is not PromQL.
struct AlertSyntax: Rule {
    let code = DiagnosticCode(114)
    let title = "alert expression that is not PromQL"
    let severity = Diagnostic.Severity.error
    let explanation = Explanation(
        finds: "An alert whose 'expr' does not follow the grammar of PromQL.",
        why: "The monitor could not evaluate it: the alert would never fire.",
        example: """
            apiVersion: hagen/v1
            name: shop
            hosts:
              a1: {address: 10.0.0.11/24, zone: eu-1a}
            monitoring:
              receivers:
                - {name: oncall, webhook: {url: "http://10.0.0.9/alerts"}}
              alerts:
                - {alert: disk-full, expr: 'hagen_filesystem_used_ratio{mountpoint=/} > 0.95', receiver: oncall}
            """,
        fix:
            "Mend the expression. Values of labels are quoted, as in hagen_filesystem_used_ratio{mountpoint=\"/\"} > 0.95."
    )
    let nearMiss = """
        apiVersion: hagen/v1
        name: shop
        hosts:
          a1: {address: 10.0.0.11/24, zone: eu-1a}
        monitoring:
          receivers:
            - {name: oncall, webhook: {url: "http://10.0.0.9/alerts"}}
          alerts:
            - {alert: disk-full, expr: 'hagen_filesystem_used_ratio{mountpoint="/"} > 0.95', receiver: oncall}
        """

    func check(_ context: RuleContext) -> [Diagnostic] {
        AlertExpressions.faults(context).compactMap { fault in
            guard case .syntax = fault.error.kind else { return nil }
            return finding(
                "the expression of alert '\(fault.alert)' is not PromQL: \(fault.error.message)", at: fault.span)
        }
    }
}
