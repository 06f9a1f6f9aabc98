package import Hagen

/// `prometheus/prometheus.yml`: a Prometheus that collects what every host's monitor serves, judges the same alerts, and
/// keeps what the monitors forget.
package enum PrometheusEmitter {
    /// More often than that Prometheus gains nothing: the monitors judge every second themselves.
    private static let shortestInterval: Duration = .seconds(5)
    /// Alertmanager's own port, on the machine that Prometheus runs on.
    private static let alertmanager = "127.0.0.1:9093"

    package static func file(_ release: Release) -> OutputFile {
        OutputFile(path: "prometheus/prometheus.yml", contents: text(release))
    }

    static func text(_ release: Release) -> String {
        let targets = release.hosts.compactMap { Target($0, at: $0.monitor?.listen) }
        let members = release.hosts.compactMap { Target($0, at: $0.etcd?.metrics) }
        let interval = max(release.hosts.lazy.compactMap(\.monitor?.interval).first ?? .zero, shortestInterval)
        let intervalText = YAMLValue.text(PrometheusText.duration(interval))
        let document = YAMLValue.mapping([
            .init(
                "global",
                .mapping([.init("scrape_interval", intervalText), .init("evaluation_interval", intervalText)])),
            .init("rule_files", .list(["rules.yml"], .line)),
            .init(
                "alerting",
                .mapping([
                    .init("alertmanagers", .list([.mapping([.init("static_configs", staticTargets)])]))
                ]), because: "Alertmanager with alertmanager/alertmanager.yml, beside this Prometheus."),
            .init("scrape_configs", .list([job(targets)] + (members.isEmpty ? [] : [storeJob(members)]))),
        ])
        return YAMLWriter.text(document, comment: comment(release, targets + members))
    }

    private static var staticTargets: YAMLValue {
        .list([.mapping([.init("targets", .list([.text(alertmanager)], .line))])])
    }

    /// One host's monitor, as Prometheus reaches it.
    private struct Target {
        var host: String
        var address: SocketAddress
        /// The monitor listens on loopback, and the host has another address.
        var isOutOfReach: Bool

        init?(_ host: Release.HostPart, at listener: SocketAddress?) {
            guard let listener else { return nil }
            self.host = host.name
            address = listener
            isOutOfReach = false
            if let own = IPAddress(host.address), listener.address.isLoopback, !own.isLoopback {
                address = SocketAddress(own, port: listener.port)
                isOutOfReach = true
            }
        }
    }

    private static func job(_ targets: [Target]) -> YAMLValue {
        .mapping([
            .init("job_name", "hagen"),
            .init("honor_labels", .flag(true), because: "Each series says itself which host it is about."),
            .init(
                "metric_relabel_configs",
                .list([
                    .mapping([
                        .init("source_labels", .list(["__name__"], .line)), .init("regex", "ALERTS"),
                        .init("action", "drop"),
                    ])
                ]), because: "Prometheus judges the alerts itself, and its series of them has the same name."),
            staticConfigs(targets),
        ])
    }

    /// The members of etcd, by its own metrics.
    private static func storeJob(_ members: [Target]) -> YAMLValue {
        .mapping([.init("job_name", .text(PrometheusStoreRules.job)), staticConfigs(members)])
    }

    private static func staticConfigs(_ targets: [Target]) -> YAMLValue.Entry {
        .init(
            "static_configs",
            .list(
                targets.map { target in
                    .mapping([
                        .init("targets", .list([.text(target.address.description)], .line)),
                        .init("labels", .mapping([.init("instance", .text(target.host))], .line)),
                    ])
                }))
    }

    private static func comment(_ release: Release, _ targets: [Target]) -> String {
        var lines = ["Prometheus for topology \(release.name)."]
        if targets.contains(where: \.isOutOfReach) {
            lines += [
                "",
                "/metrics is served on loopback only, for there is no TLS yet. The targets below answer once",
                "something on each host passes connections on from its address to 127.0.0.1, at the same port: a",
                "tunnel, or a proxy that asks for a certificate.",
            ]
        }
        return lines.joined(separator: "\n")
    }
}
