internal import Hagen

/// A severity that nobody knows, next to one that everybody does.
struct MisspelledSeverity: Rule {
    let code = DiagnosticCode(170)
    let title = "misspelled severity"
    let severity = Diagnostic.Severity.warning
    let explanation = Explanation(
        finds: "An alert whose label 'severity' is nearly one of the usual words (critical, error, warning, info, "
            + "none, page, ticket), where no route asks for it as it is written.",
        why: "Routes, silences and dashboards compare the word letter by letter: what is written 'Critical' or "
            + "'critcal' is not critical for them.",
        example: """
            apiVersion: hagen/v1
            name: shop
            hosts:
              a1: {address: 10.0.0.11/24, zone: eu-1a}
            monitoring:
              receivers:
                - {name: oncall, webhook: {url: {credential: oncall-url}}}
              alerts:
                - {alert: store-lost, expr: hagen_store_reachable == 0, labels: {severity: Critical}, receiver: oncall}
            """,
        fix: "Write the usual word. A word of the team's own that is not nearly one of these is fine.")
    let nearMiss = """
        apiVersion: hagen/v1
        name: shop
        hosts:
          a1: {address: 10.0.0.11/24, zone: eu-1a}
        monitoring:
          receivers:
            - {name: oncall, webhook: {url: {credential: oncall-url}}}
          alerts:
            - {alert: store-lost, expr: hagen_store_reachable == 0, labels: {severity: critical}, receiver: oncall}
        """

    private static let usual = ["critical", "error", "warning", "info", "none", "page", "ticket"]
    private static let known = Set(usual + ["notice", "debug", "emergency", "alert", "low", "medium", "high", "warn"])

    func check(_ context: RuleContext) -> [Diagnostic] {
        let monitoring = context.model.monitoring
        let asked = Set(monitoring.routes.compactMap { $0.match["severity"] })
        return monitoring.alerts.enumerated().compactMap { index, alert in
            guard let severity = alert.labels["severity"], !Self.known.contains(severity), !asked.contains(severity),
                let meant = Spelling.nearest(to: severity, among: Self.usual)
            else { return nil }
            let path = ModelPath.root["monitoring"]["alerts"][index]["labels"]["severity"]
            return finding(
                "alert '\(alert.name)' has the severity '\(severity)', which is not '\(meant)' for routes and silences",
                at: context.span(path),
                label: "did you mean '\(meant)'?",
                fixes: context.textSpan(path).map {
                    // Where the letters are the same, nothing else can have been meant.
                    [.init("write '\(meant)'", [.init($0, meant)], severity.lowercased() == meant ? .safe : .maybe)]
                } ?? [])
        }
    }
}
