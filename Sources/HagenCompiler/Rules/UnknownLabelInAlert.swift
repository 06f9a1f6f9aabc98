internal import Hagen
internal import PromQL

/// An alert on a series that cannot be.
struct UnknownLabelInAlert: Rule {
    let code = DiagnosticCode(166)
    let title = "label that no series has"
    let severity = Diagnostic.Severity.error
    let needsTheWhole = true
    let explanation = Explanation(
        finds: "An alert that asks for a cluster, a balancer, a host or an engine that the topology does not have, "
            + "or for a label that the metric does not carry.",
        why: "No series matches, so the alert never fires; with '!=' it leaves out nothing. A part that was "
            + "renamed takes its alerts with it into silence.",
        example: """
            apiVersion: hagen/v1
            name: shop
            hosts:
              a1: {address: 10.0.0.11/24, zone: eu-1a}
              b1: {address: 10.0.0.12/24, zone: eu-1b}
            clusters:
              api:
                kind: load-balancing
                workload: {process: {command: [/usr/bin/api], port: 8080}}
                members: [a1, b1]
            monitoring:
              receivers:
                - {name: oncall, webhook: {url: {credential: oncall-url}}}
              alerts:
                - {alert: api-down, expr: 'hagen_workload_up{cluster="apis"} == 0', receiver: oncall}
            """,
        fix: "Correct the name. The label for the host is 'instance', for its other end of a greeting 'peer'.")
    let nearMiss = """
        apiVersion: hagen/v1
        name: shop
        hosts:
          a1: {address: 10.0.0.11/24, zone: eu-1a}
          b1: {address: 10.0.0.12/24, zone: eu-1b}
        clusters:
          api:
            kind: load-balancing
            workload: {process: {command: [/usr/bin/api], port: 8080}}
            members: [a1, b1]
        monitoring:
          receivers:
            - {name: oncall, webhook: {url: {credential: oncall-url}}}
          alerts:
            - {alert: api-down, expr: 'hagen_workload_up{cluster="api"} == 0', receiver: oncall}
        """

    func check(_ context: RuleContext) -> [Diagnostic] {
        let model = context.model
        let known: [String: (noun: String, names: [String])] = [
            "instance": ("host", model.hosts.map(\.name)), "peer": ("host", model.hosts.map(\.name)),
            "cluster": ("cluster", model.clusters.map(\.name)),
            "balancer": ("balancer", model.balancers.map(\.name)),
            "engine": ("engine", Engine.allCases.map(\.rawValue)),
        ]
        let sets = known.mapValues { Set($0.names) }
        return AlertExpressions.parsed(context).flatMap { alert -> [Diagnostic] in
            guard let name = alert.expression.selector.metric, let metric = KnownMetrics.named(name) else { return [] }
            return alert.expression.selector.matchers.compactMap { matcher in
                guard !matcher.value.isEmpty else { return nil }
                if let labels = metric.labels, !labels.contains(matcher.label) {
                    return withoutLabel(matcher, name, labels, alert, context)
                }
                guard let part = known[matcher.label], sets[matcher.label]?.contains(matcher.value) == false else {
                    return nil
                }
                return unknown(matcher, part, alert, context)
            }
        }
    }

    private func withoutLabel(
        _ matcher: LabelMatcher, _ metric: String, _ labels: [String], _ alert: AlertExpressions.Parsed,
        _ context: RuleContext
    ) -> Diagnostic {
        let meant =
            KnownMetrics.labelSynonyms[matcher.label].flatMap { labels.contains($0) ? $0 : nil }
            ?? Spelling.nearest(to: matcher.label, among: labels)
        return finding(
            "'\(metric)' has no label '\(matcher.label)', which alert '\(alert.name)' asks for",
            at: place(of: matcher.label, in: alert, context) ?? context.span(alert.path),
            label: meant.map { "did you mean '\($0)'?" } ?? "no such label",
            notes: ["its labels: \(labels.joined(separator: ", "))"],
            fixes: fixes(writing: meant, over: place(of: matcher.label, in: alert, context)))
    }

    private func unknown(
        _ matcher: LabelMatcher, _ part: (noun: String, names: [String]), _ alert: AlertExpressions.Parsed,
        _ context: RuleContext
    ) -> Diagnostic {
        let meant = Spelling.nearest(to: matcher.value, among: part.names)
        let names = Set(part.names).sorted()
        return finding(
            "there is no \(part.noun) '\(matcher.value)', which alert '\(alert.name)' asks for",
            at: place(of: matcher.value, in: alert, context) ?? context.span(alert.path),
            label: meant.map { "did you mean '\($0)'?" } ?? "no such \(part.noun)",
            notes: [
                names.isEmpty
                    ? "no \(part.noun) is declared"
                    : "declared: \(names.prefix(12).joined(separator: ", "))\(names.count > 12 ? ", …" : "")"
            ],
            fixes: fixes(writing: meant, over: place(of: matcher.value, in: alert, context)))
    }

    /// Where the word stands between the braces; `nil` where that cannot be said for certain.
    private func place(
        of word: String, in alert: AlertExpressions.Parsed, _ context: RuleContext
    ) -> SourceSpan? {
        alert.range(of: word, behind: "{").flatMap { context.textSpan(ofBytes: $0, in: alert.text, at: alert.path) }
    }

    private func fixes(writing meant: String?, over span: SourceSpan?) -> [Diagnostic.Fix] {
        guard let meant, let span else { return [] }
        return [.init("write '\(meant)'", [.init(span, meant)], .maybe)]
    }
}
