internal import Hagen

/// An alert that nobody hears.
struct AlertWithoutReceiver: Rule {
    let code = DiagnosticCode(112)
    let title = "alert without a receiver"
    let severity = Diagnostic.Severity.warning
    let explanation = Explanation(
        finds: "An alert that names no receiver.",
        why: "It shows in 'hagen status' and in /metrics, but nobody is told when it fires.",
        example: """
            apiVersion: hagen/v1
            name: shop
            hosts:
              a1: {address: 10.0.0.11/24, zone: eu-1a}
            monitoring:
              alerts:
                - {alert: disk-full, expr: hagen_filesystem_used_ratio > 0.95}
            """,
        fix: "Declare a receiver below 'monitoring', and name it: 'receiver: oncall'.")
    let nearMiss = """
        apiVersion: hagen/v1
        name: shop
        hosts:
          a1: {address: 10.0.0.11/24, zone: eu-1a}
        monitoring:
          receivers:
            - {name: oncall, webhook: {url: "http://10.0.0.9/alerts"}}
          alerts:
            - {alert: disk-full, expr: hagen_filesystem_used_ratio > 0.95, receiver: oncall}
        """

    func check(_ context: RuleContext) -> [Diagnostic] {
        guard context.model.monitoring.routes.isEmpty else { return [] }
        let known = context.model.monitoring.receivers.map(\.name)
        return context.model.monitoring.alerts.enumerated().compactMap { index, alert in
            guard alert.receivers.isEmpty else { return nil }
            return finding(
                "nobody is told when alert '\(alert.name)' fires",
                at: context.span(ModelPath.root["monitoring"]["alerts"][index]["name"]), label: "no receiver",
                help: [
                    known.isEmpty
                        ? "declare a receiver below 'monitoring', and name it here"
                        : "name one of: \(known.prefix(6).joined(separator: ", "))"
                ])
        }
    }
}
