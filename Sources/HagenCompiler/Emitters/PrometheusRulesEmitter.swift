package import Hagen

/// `prometheus/rules.yml`: the topology's alerts, word for word as the monitors judge them.
///
/// The recorded series that they are written against (`instance:node_cpu_utilisation:rate1m` and the others) are made by
/// the monitors and scraped with the rest, so no rule records them. `keep_firing_for` came with Prometheus 2.42.
package enum PrometheusRulesEmitter {
    package static func file(_ release: Release) -> OutputFile {
        OutputFile(path: "prometheus/rules.yml", contents: text(release))
    }

    static func text(_ release: Release) -> String {
        // Every monitor has the same alerts.
        let alerts = release.hosts.lazy.compactMap(\.monitor).first?.alerts ?? []
        let groups =
            alerts.isEmpty
            ? []
            : [
                YAMLValue.mapping([.init("name", "hagen"), .init("rules", .list(alerts.map(rule)))])
            ]
        let store = release.hosts.contains { $0.etcd != nil } ? [PrometheusStoreRules.group] : []
        return YAMLWriter.text(
            .mapping([.init("groups", .list(groups + store))]), comment: "The alerts of topology \(release.name).")
    }

    private static func rule(_ alert: MonitorConfiguration.Alert) -> YAMLValue {
        var entries: [YAMLValue.Entry] = [.init("alert", .text(alert.name)), .init("expr", .text(alert.expression))]
        if alert.hold > .zero { entries.append(.init("for", .text(PrometheusText.duration(alert.hold)))) }
        if alert.keepFiring > .zero {
            entries.append(.init("keep_firing_for", .text(PrometheusText.duration(alert.keepFiring))))
        }
        if !alert.labels.isEmpty {
            entries.append(.init("labels", .texts(alert.labels.mapValues { PrometheusText.literal($0) })))
        }
        if !alert.annotations.isEmpty {
            entries.append(.init("annotations", .texts(alert.annotations.mapValues(PrometheusText.annotation))))
        }
        return .mapping(entries)
    }
}
