import Foundation
import Hagen
import HagenEngine
import PromQL

/// A text scenario of alerts and their notifications: what happens, `----`, and the directives that must come of it.
///
///     alert NAME: EXPRESSION [for DURATION] [keep DURATION] [-> RECEIVER...]
///     route [LABEL=VALUE...] [continue] -> RECEIVER...
///     TIME [SERIES == VALUE; ...]     all alerts are evaluated over exactly these series
///     TIME delivered ID | failed ID | refused ID | tick
///
/// Lines that start with `#` are comments. Labels in directives leave `alertname` out.
struct Scenario {
    struct Mistake: Error, CustomStringConvertible {
        var description: String
    }

    private var alerts: [AlertMachine] = []
    private var routes: [Model.Route] = []
    private var notifications = NotificationMachine()
    private let origin = ContinuousClock.now
    private(set) var log: [String] = []

    /// - Returns: what the scenario's text expects, and what came of it.
    static func run(_ text: String) throws -> (expected: String, actual: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard let divider = lines.firstIndex(of: "----") else { throw Mistake(description: "there is no ----") }
        var scenario = Scenario()
        for line in lines[..<divider] where !line.isEmpty && !line.hasPrefix("#") {
            do { try scenario.perform(String(line)) } catch { throw Mistake(description: "'\(line)': \(error)") }
        }
        let expected = lines[(divider + 1)...].joined(separator: "\n").trimmingCharacters(in: .newlines)
        return (expected, scenario.log.joined(separator: "\n"))
    }

    private mutating func perform(_ line: String) throws {
        if line.hasPrefix("alert ") { return try declare(line) }
        if line.hasPrefix("route ") { return try declareRoute(line) }
        let parts = line.split(separator: " ", maxSplits: 1).map(String.init)
        guard let offset = Duration(text: parts[0]) else { throw Mistake(description: "no time") }
        let now = origin + offset
        let event = parts.count > 1 ? parts[1] : ""
        let words = event.split(separator: " ")
        switch words.first {
        case "tick": report(notifications.timeReached(at: now), offset)
        case "delivered": report(notifications.delivered(try identifier(words), at: now), offset)
        case "failed": report(notifications.failed(try identifier(words), isTransient: true, at: now), offset)
        case "refused": report(notifications.failed(try identifier(words), isTransient: false, at: now), offset)
        default: try evaluate(event, at: now, offset)
        }
    }

    private func identifier(_ words: [Substring]) throws -> UInt64 {
        guard words.count == 2, let id = UInt64(words[1]) else { throw Mistake(description: "no number") }
        return id
    }

    private mutating func declare(_ line: String) throws {
        var rest = line.dropFirst("alert ".count)
        var receivers: [String] = []
        if let arrow = rest.range(of: " -> ") {
            receivers = rest[arrow.upperBound...].split(separator: " ").map(String.init)
            rest = rest[..<arrow.lowerBound]
        }
        var keepFiring = Duration.zero
        if let keep = rest.range(of: " keep ") {
            guard let duration = Duration(text: String(rest[keep.upperBound...])) else {
                throw Mistake(description: "keep needs a duration")
            }
            keepFiring = duration
            rest = rest[..<keep.lowerBound]
        }
        var hold = Duration.zero
        if let range = rest.range(of: " for ") {
            guard let duration = Duration(text: String(rest[range.upperBound...])) else {
                throw Mistake(description: "for needs a duration")
            }
            hold = duration
            rest = rest[..<range.lowerBound]
        }
        guard let colon = rest.firstIndex(of: ":") else { throw Mistake(description: "no colon") }
        let name = String(rest[..<colon])
        let expression = String(rest[rest.index(after: colon)...])
        let configuration = MonitorConfiguration.Alert(
            name: name, expression: expression, hold: hold, keepFiring: keepFiring, labels: ["severity": "warning"],
            annotations: ["summary": "{{ $labels.host }} at {{ $value }}"], receivers: receivers)
        alerts.append(AlertMachine(configuration, expression: try parse(expression)))
    }

    private mutating func declareRoute(_ line: String) throws {
        let sides = line.dropFirst("route ".count).split(separator: "->").map { $0.split(separator: " ") }
        guard let receivers = sides.last else { throw Mistake(description: "no receiver") }
        var route = Model.Route(receivers: receivers.map(String.init))
        for word in sides.count > 1 ? sides[0] : [] {
            let pair = word.split(separator: "=", omittingEmptySubsequences: false).map(String.init)
            if pair.count == 2 { route.match[pair[0]] = pair[1] } else { route.continue = true }
        }
        routes.append(route)
    }

    private mutating func evaluate(_ event: String, at now: ContinuousClock.Instant, _ offset: Duration) throws {
        let samples = try event.split(separator: ";").map { try sample(String($0)) }
        var store = SeriesStore(interval: .seconds(1))
        store.collected(samples, at: now)
        for index in alerts.indices {
            let name = alerts[index].configuration.name
            let directives = alerts[index].evaluated(alerts[index].expression.evaluate(over: store), at: now)
            for directive in directives { log.append("\(offset.text) \(name) \(text(directive))") }
            let routing = AlertRouting(receivers: alerts[index].configuration.receivers, routes: routes)
            notifications.alertEvaluated(name, alerts[index].active, routing: routing)
            report(notifications.alertChanged(name, directives, routing: routing, at: now), offset)
        }
    }

    private func text(_ directive: AlertDirective) -> String {
        switch directive {
        case .becamePending(let instance): "pending \(text(instance))"
        case .withdrawn(let instance): "withdrawn \(text(instance))"
        case .fired(let instance): "fired \(text(instance))"
        case .resolved(let instance): "resolved \(text(instance))"
        }
    }

    private mutating func report(_ directives: [NotificationDirective], _ offset: Duration) {
        for directive in directives {
            switch directive {
            case .send(let message):
                let instances = message.instances.map {
                    ($0.resolvedAt == nil ? "firing " : "resolved ") + text($0)
                        + " since \(($0.activeAt - origin).text)"
                }
                let tail = message.truncated > 0 ? "; \(message.truncated) more" : ""
                log.append(
                    "\(offset.text) send \(message.id) \(message.alert) to \(message.receiver): "
                        + instances.joined(separator: "; ") + tail)
            case .gaveUp(let receiver, let alert, let instances):
                log.append("\(offset.text) gave up \(alert) to \(receiver): \(instances)")
            }
        }
    }

    private func text(_ instance: AlertInstance) -> String {
        var labels = instance.labels
        labels["alertname"] = nil
        labels["severity"] = nil
        return "\(labels)=\(formatted(instance.value))"
    }

    /// Reads `metric{label="value"} == 5` as a sample.
    private func sample(_ text: String) throws -> Sample {
        let expression = try parse(text)
        var labels = Labels(metric: expression.selector.metric ?? "")
        for matcher in expression.selector.matchers { labels[matcher.label] = matcher.value }
        return Sample(labels: labels, value: expression.number)
    }
}
