internal import Hagen

/// A route that no alert takes.
struct UnreachableRoute: Rule {
    let code = DiagnosticCode(167)
    let title = "unreachable route"
    let severity = Diagnostic.Severity.warning
    let needsTheWhole = true
    let explanation = Explanation(
        finds: "A route behind one that takes everything that it would match and does not say 'continue', a route "
            + "for labels that no alert carries, and routes where every alert names its receivers.",
        why: "Somebody believes to be told of these alerts, and is not: another receiver is, or nobody.",
        example: """
            apiVersion: hagen/v1
            name: shop
            hosts:
              a1: {address: 10.0.0.11/24, zone: eu-1a}
            monitoring:
              receivers:
                - {name: oncall, webhook: {url: {credential: oncall-url}}}
                - {name: office, webhook: {url: {credential: office-url}}}
              routes:
                - {receiver: office}
                - {match: {severity: critical}, receiver: oncall}
              alerts:
                - {alert: cpu-high, expr: 'instance:node_cpu_utilisation:rate1m > 0.9', labels: {severity: warning}}
                - {alert: store-lost, expr: hagen_store_reachable == 0, labels: {severity: critical}}
            """,
        fix: "Put narrow routes before wide ones, and the one without 'match' last; add 'continue: true' to a "
            + "route that is not to end the search; or correct the labels.")
    let nearMiss = """
        apiVersion: hagen/v1
        name: shop
        hosts:
          a1: {address: 10.0.0.11/24, zone: eu-1a}
        monitoring:
          receivers:
            - {name: oncall, webhook: {url: {credential: oncall-url}}}
            - {name: office, webhook: {url: {credential: office-url}}}
          routes:
            - {match: {severity: critical}, receiver: oncall}
            - {receiver: office}
          alerts:
            - {alert: cpu-high, expr: 'instance:node_cpu_utilisation:rate1m > 0.9', labels: {severity: warning}}
            - {alert: store-lost, expr: hagen_store_reachable == 0, labels: {severity: critical}}
        """

    func check(_ context: RuleContext) -> [Diagnostic] {
        let routes = context.model.monitoring.routes
        guard !routes.isEmpty else { return [] }
        let alerts = RoutedAlerts(context)
        guard !alerts.isEmpty else {
            let count = context.model.monitoring.alerts.count
            return [
                finding(
                    "no alert goes by the routes", at: context.span(place(of: 0, context)),
                    label: count == 0 ? "there is no alert" : "each of the \(count) alerts names its own receivers",
                    help: ["leave 'receiver' out of the alerts that are to go by routes"])
            ]
        }
        var ends: [[String: String]: Int] = [:]
        return routes.enumerated().compactMap { index, route in
            defer { if !route.continue, ends[route.match] == nil { ends[route.match] = index } }
            if let earlier = Self.subsets(of: route.match).compactMap({ ends[$0] }).min() {
                return shadowed(index, by: earlier, context)
            }
            guard !alerts.contain(route.match) else { return nil }
            return finding(
                "no alert takes the route for \(Self.text(route.match))",
                at: context.span(place(of: index, context)), label: "no alert has these labels",
                notes: alerts.notes(on: route.match), help: ["correct the labels, or take the route away"])
        }
    }

    private func shadowed(_ index: Int, by earlier: Int, _ context: RuleContext) -> Diagnostic {
        let routes = context.model.monitoring.routes
        let taken = routes[earlier].match.isEmpty ? "every alert" : "all of \(Self.text(routes[earlier].match))"
        return finding(
            "no alert reaches the route for \(Self.text(routes[index].match)): an earlier one takes \(taken)",
            at: context.span(place(of: index, context)), label: "never reached",
            secondary: [context.label(place(of: earlier, context), "takes \(taken), and does not 'continue'")],
            help: ["put it before that one, or add 'continue: true' there"])
    }

    private func place(of index: Int, _ context: RuleContext) -> ModelPath {
        let path = ModelPath.root["monitoring"]["routes"][index]
        return context.textSpan(path["match"]) == nil ? path["receivers"][0] : path["match"]
    }

    /// Of more labels than anybody writes only the whole and the empty one are looked at.
    private static func subsets(of match: [String: String]) -> [[String: String]] {
        guard match.count <= 6 else { return [[:], match] }
        return match.sorted { $0.key < $1.key }.reduce(into: [[:]]) { subsets, label in
            subsets += subsets.map { $0.merging([label.key: label.value]) { $1 } }
        }
    }

    static func text(_ match: [String: String]) -> String {
        match.isEmpty
            ? "every alert"
            : match.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: ", ")
    }
}
