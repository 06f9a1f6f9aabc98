internal import Hagen

/// An alert that nobody hears.
struct AlertWithoutReceiver: Rule {
    let code = DiagnosticCode(112)
    let title = "alert without a receiver"
    let severity = Diagnostic.Severity.warning
    let explanation = Explanation(
        finds: "An alert that names no receiver, and that no route takes.",
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
        fix:
            "Declare a receiver below 'monitoring', and name it: 'receiver: oncall'. Where there are routes, end them with "
            + "one without 'match', which takes what no other one does.")
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
        let monitoring = context.model.monitoring
        guard context.isWhole(.route) else { return [] }
        guard !monitoring.routes.isEmpty else {
            let known = monitoring.receivers.map(\.name)
            return monitoring.alerts.enumerated().compactMap { index, alert in
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
        let untaken = RoutedAlerts(context).without(monitoring.routes)
        return untaken.map { alert in
            let labels = alert.declared.isEmpty ? "no labels" : UnreachableRoute.text(alert.declared)
            return finding(
                "nobody is told when alert '\(alert.name)' fires: no route takes it",
                at: context.span(ModelPath.root["monitoring"]["alerts"][alert.index]["name"]),
                label: "no receiver, and \(labels)",
                secondary: [
                    monitoring.routes.count == 1
                        ? context.label(ModelPath.root["monitoring"]["routes"][0]["match"], "the only route") : nil
                ],
                help: ["add a last route without 'match', or name a receiver in the alert"])
        }
    }
}
