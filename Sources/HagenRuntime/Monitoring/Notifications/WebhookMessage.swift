internal import FoundationEssentials
internal import HagenEngine
internal import PromQL

/// The body of a webhook: Alertmanager's JSON, version "4", so that whatever takes Alertmanager's webhooks takes ours.
/// Source: https://prometheus.io/docs/alerting/latest/configuration/#webhook_config.
struct WebhookMessage: Codable, Equatable {
    var version = "4"
    var groupKey: String
    /// How many alerts were left out.
    var truncatedAlerts: Int
    /// `firing` if any alert fires, else `resolved`.
    var status: String
    var receiver: String
    var groupLabels: [String: String]
    var commonLabels: [String: String]
    var commonAnnotations: [String: String]
    var externalURL: String
    var alerts: [Alert]

    struct Alert: Codable, Equatable {
        var status: String
        var labels: [String: String]
        var annotations: [String: String]
        /// RFC 3339.
        var startsAt: String
        /// RFC 3339; the year 1 while it fires, as Alertmanager has it.
        var endsAt: String
        var generatorURL: String
        var fingerprint: String
    }

    /// - Parameters:
    ///   - externalURL: where this monitor is found.
    ///   - clocks: turns the machine's times into the wall clock's.
    init(_ notification: HagenEngine.Notification, externalURL: String, clocks: ClockPair) {
        alerts = notification.instances.map { instance in
            Alert(
                status: instance.resolvedAt == nil ? "firing" : "resolved", labels: instance.labels.dictionary,
                annotations: instance.annotations, startsAt: clocks.text(instance.firedAt ?? instance.activeAt),
                endsAt: instance.resolvedAt.map(clocks.text) ?? "0001-01-01T00:00:00Z",
                generatorURL: "\(externalURL)/metrics", fingerprint: instance.labels.fingerprint)
        }
        groupLabels = [Labels.alertName: notification.alert]
        let key: Labels = [Labels.alertName: notification.alert]
        groupKey = "{}:\(key)"
        truncatedAlerts = notification.truncated
        status = alerts.contains { $0.status == "firing" } ? "firing" : "resolved"
        receiver = notification.receiver
        commonLabels = Self.common(alerts.map(\.labels))
        commonAnnotations = Self.common(alerts.map(\.annotations))
        self.externalURL = externalURL
    }

    /// The pairs that all have.
    private static func common(_ all: [[String: String]]) -> [String: String] {
        guard let first = all.first else { return [:] }
        return first.filter { pair in all.allSatisfy { $0[pair.key] == pair.value } }
    }

    func encoded() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(self)
    }
}

/// One moment on both clocks: the machines count on the continuous one, people read the wall clock.
struct ClockPair {
    var continuous: ContinuousClock.Instant
    var wall: Date

    static func now() -> ClockPair { ClockPair(continuous: .now, wall: Date()) }

    /// In RFC 3339, to the millisecond, in UTC.
    func text(_ instant: ContinuousClock.Instant) -> String {
        let date = wall.addingTimeInterval((instant - continuous) / .seconds(1))
        return date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }
}
