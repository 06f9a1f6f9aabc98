internal import Hagen
internal import PromQL

/// The alerts that go by routes, because they name no receiver, and what is known of the labels that they will carry.
///
/// An alert carries the labels that it declares, its name as `alertname`, and those of the series that it fires for: of
/// these some are fixed by the expression, and others known only when it fires.
struct RoutedAlerts {
    struct Alert {
        /// In the model's list.
        var index: Int
        var name: String
        var declared: [String: String]
        /// Every label whose value is certain.
        var fixed: [String: String]
        /// Labels of the series; `nil` where they are not known.
        fileprivate var ofSeries: [String]?

        /// Whether it may have the label with a value that is not certain yet.
        func mayCarry(_ label: String) -> Bool { fixed[label] == nil && (ofSeries?.contains(label) ?? true) }

        /// Whether it may carry all of these.
        func mayTake(_ match: [String: String]) -> Bool {
            match.allSatisfy { key, value in fixed[key].map { $0 == value } ?? mayCarry(key) }
        }
    }

    let alerts: [Alert]
    private var byLabel: [String: [String: [Int]]] = [:]

    var isEmpty: Bool { alerts.isEmpty }

    init(_ context: RuleContext) {
        let parsed = Dictionary(
            AlertExpressions.parsed(context).map { ($0.index, $0.expression) }, uniquingKeysWith: { first, _ in first })
        alerts = context.model.monitoring.alerts.enumerated().compactMap { index, alert in
            guard alert.receivers.isEmpty else { return nil }
            var fixed: [String: String] = [:]
            var ofSeries: [String]?
            if let selector = parsed[index]?.selector {
                ofSeries = selector.metric.flatMap(KnownMetrics.named)?.labels
                for matcher in selector.matchers where matcher.operation == .equal && !matcher.value.isEmpty {
                    fixed[matcher.label] = matcher.value
                }
            }
            fixed.merge(alert.labels) { $1 }
            fixed["alertname"] = alert.name
            return Alert(index: index, name: alert.name, declared: alert.labels, fixed: fixed, ofSeries: ofSeries)
        }
        for (place, alert) in alerts.enumerated() {
            for (key, value) in alert.fixed { byLabel[key, default: [:]][value, default: []].append(place) }
        }
    }

    /// Whether any of them may carry all of these.
    func contain(_ match: [String: String]) -> Bool {
        guard !match.isEmpty else { return true }
        // One label that no series has is enough to look at few of them.
        let certain = match.filter { Self.areOfTeams($0.key) }.map { byLabel[$0.key]?[$0.value] ?? [] }
        let candidates = certain.min { $0.count < $1.count }
        return candidates.map { $0.contains { alerts[$0].mayTake(match) } } ?? alerts.contains { $0.mayTake(match) }
    }

    /// Those that none of the routes may take.
    func without(_ routes: [Model.Route]) -> [Alert] {
        guard !routes.contains(where: { $0.match.isEmpty }) else { return [] }
        // A route is looked at only for alerts that may carry the first of its labels.
        var matches: [String: [String: [[String: String]]]] = [:]
        for route in routes {
            guard let label = route.match.min(by: { $0.key < $1.key }) else { continue }
            matches[label.key, default: [:]][label.value, default: []].append(route.match)
        }
        return alerts.filter { alert in
            !matches.contains { key, byValue in
                if let value = alert.fixed[key] { return byValue[value]?.contains(where: alert.mayTake) ?? false }
                return alert.mayCarry(key) && byValue.values.contains { $0.contains(where: alert.mayTake) }
            }
        }
    }

    /// The values that the labels do have, for a message.
    func notes(on match: [String: String]) -> [String] {
        match.sorted { $0.key < $1.key }.compactMap { key, value in
            guard byLabel[key]?[value] == nil else { return nil }
            let values = (byLabel[key] ?? [:]).keys.sorted()
            return values.isEmpty
                ? "no alert has a label '\(key)'"
                : "'\(key)' is one of: \(values.prefix(6).joined(separator: ", "))\(values.count > 6 ? ", …" : "")"
        }
    }

    /// Labels that series never carry, so that only an alert's own declaration gives them.
    private static func areOfTeams(_ label: String) -> Bool { ["severity", "team", "alertname"].contains(label) }
}
