import Foundation
import Hagen
import HagenCompiler
import HagenEngine
import PromQL
import Testing

/// Goal: Prometheus and Alertmanager take what is written for them, and judge and tell as the monitors do.
@Suite struct PrometheusTests {
    static let hasPromtool = FileManager.default.isExecutableFile(atPath: "/usr/bin/promtool")
    static let hasAmtool = FileManager.default.isExecutableFile(atPath: "/usr/bin/amtool")

    private static func release(_ name: String) -> Release {
        let topology =
            switch name {
            case "shop", "lab": SampleTopologies.shop
            case "single": SampleTopologies.single
            case "large": SampleTopologies.large
            default: SampleTopologies.monitored
            }
        return Lowering.lower(topology, placement: name == "lab" ? .loopback : .declared)
    }

    private static func file(_ path: String, of release: Release) throws -> String {
        try #require(Emitters.files(for: release).first { $0.path == path }).contents
    }

    /// The release's folder of one tool.
    private static func write(_ folder: String, of release: Release, to scratch: ScratchFolder) throws {
        for file in Emitters.files(for: release) where file.path.hasPrefix(folder + "/") {
            let name = String(file.path.dropFirst(folder.count + 1))
            try Data(file.contents.utf8).write(to: scratch.url.appending(path: name))
        }
    }

    @Test(arguments: ["prometheus/prometheus.yml", "prometheus/rules.yml", "alertmanager/alertmanager.yml"])
    func monitoredMatchesTheSnapshot(path: String) throws {
        try Snapshot.expect(Self.file(path, of: Self.release("monitored")), matches: "Emitters/monitored/\(path)")
    }

    @Test(
        .enabled(if: hasPromtool, "promtool is not installed: apt-get install prometheus"),
        arguments: ["shop", "lab", "single", "large", "monitored"])
    func promtoolAccepts(name: String) async throws {
        let scratch = try ScratchFolder()
        try Self.write("prometheus", of: Self.release(name), to: scratch)
        let run = try await ProgramRun(
            ["/usr/bin/promtool", "check", "config", "prometheus.yml"], in: scratch.url)
        #expect(run.exitCode == 0, "\(run.output)\(run.errors)")
        #expect(run.output.contains("rules found"), "\(run.output)")
    }

    /// Goal: Alertmanager accepts it; the one that lacks `url_file` (0.25) accepts all else.
    @Test(
        .enabled(if: hasAmtool, "amtool is not installed: apt-get install prometheus-alertmanager"),
        arguments: ["shop", "lab", "single", "large", "monitored"])
    func amtoolAccepts(name: String) async throws {
        let scratch = try ScratchFolder()
        let text = try Self.file("alertmanager/alertmanager.yml", of: Self.release(name))
        #expect(
            text.contains("url_file: /etc/hagen/credentials/oncall-url") == ["shop", "lab", "single"].contains(name))
        let known = text.replacing("url_file: /", with: "url: http://localhost/")
        try Data(known.utf8).write(to: scratch.url.appending(path: "alertmanager.yml"))
        let run = try await ProgramRun(["/usr/bin/amtool", "check-config", "alertmanager.yml"], in: scratch.url)
        #expect(run.exitCode == 0, "\(run.output)\(run.errors)")
    }

    /// Goal: whatever labels an alert has, Alertmanager tells those whom the monitor tells.
    @Test(.enabled(if: hasAmtool, "amtool is not installed: apt-get install prometheus-alertmanager"))
    func routesAgree() async throws {
        let scratch = try ScratchFolder()
        let release = Self.release("monitored")
        try Self.write("alertmanager", of: release, to: scratch)
        let monitor = try #require(release.hosts.first?.monitor)
        var seen: Set<[String]> = []
        for alert in monitor.alerts.map(\.name) + ["another"] {
            let own = monitor.alerts.first { $0.name == alert }?.receivers ?? []
            let routing = AlertRouting(receivers: own, routes: monitor.routes)
            for severity in ["critical", "warning", nil] {
                for (name, value) in [
                    ("cluster", "ledger"), ("zone", "eu-1a"), ("note", "a \"b\" \\ c, d\ne"), ("instance", "a1"),
                ] {
                    var labels: Labels = ["alertname": alert]
                    labels["severity"] = severity
                    labels[name] = value
                    let told = try await Self.amtool(labels, in: scratch)
                    let expected = routing.receivers(of: labels)
                    #expect(told == (expected.isEmpty ? ["nobody-else"] : expected), "\(labels)")
                    seen.insert(expected)
                }
            }
        }
        // Nobody, each own one, and every route's.
        #expect(seen.count >= 8, "\(seen)")
    }

    private static func amtool(_ labels: Labels, in scratch: ScratchFolder) async throws -> [String] {
        let matchers = labels.sorted.map { label in
            let value = label.value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
                .replacing("\n", with: "\\n")
            return "\(label.name)=\"\(value)\""
        }
        let run = try await ProgramRun(
            ["/usr/bin/amtool", "config", "routes", "test", "--config.file=alertmanager.yml"] + matchers,
            in: scratch.url)
        #expect(run.exitCode == 0, "\(run.errors)")
        var receivers: [String] = []
        // It tells one receiver twice where two routes lead to it; the monitor does not.
        for receiver in run.output.trimmingCharacters(in: .newlines).split(separator: ",").map(String.init)
        where !receivers.contains(receiver) { receivers.append(receiver) }
        return receivers
    }

    /// Goal: over the same series Prometheus fires the same instances, with the same labels and annotations.
    @Test(.enabled(if: hasPromtool, "promtool is not installed: apt-get install prometheus"))
    func alertsAgree() async throws {
        let scratch = try ScratchFolder()
        let release = Self.release("monitored")
        try Self.write("prometheus", of: release, to: scratch)
        let alerts = try #require(release.hosts.first?.monitor).alerts
        let series: [(Labels, Double)] = [
            (Labels(metric: "hagen_workload_up", ["cluster": "api", "instance": "a1"]), 0),
            (Labels(metric: "hagen_workload_up", ["cluster": "api", "instance": "b1"]), 1),
            (Labels(metric: "hagen_backend_healthy", ["balancer": "web", "backend": "c1", "instance": "b1"]), 0),
            (Labels(metric: "hagen_backend_healthy", ["balancer": "old", "backend": "x", "instance": "c1"]), 0),
            (Labels(metric: "hagen_engine_up", ["engine": "balancer", "instance": "c1"]), 0),
            (Labels(metric: "hagen_filesystem_used_ratio", ["mountpoint": "/var", "instance": "a1"]), 0.975),
            (Labels(metric: "hagen_filesystem_used_ratio", ["mountpoint": "/home", "instance": "a1"]), 1),
        ]
        var store = SeriesStore(interval: .seconds(5))
        let start = ContinuousClock.now
        var tests: [YAMLValue] = []
        var fired = 0
        for alert in alerts {
            var machine = AlertMachine(alert, expression: try parse(alert.expression))
            for second in stride(from: 0, through: 30, by: 5) {
                let now = start + .seconds(second)
                store.collected(series.map { Sample(labels: $0.0, value: $0.1) }, at: now)
                _ = machine.evaluated(machine.expression.evaluate(over: store), at: now)
            }
            fired += machine.active.count
            tests.append(Self.expectation(alert.name, machine.active))
        }
        #expect(fired == 4)
        let document = YAMLValue.mapping([
            .init("rule_files", .list(["rules.yml"])), .init("evaluation_interval", "5s"),
            .init(
                "tests",
                .list([
                    .mapping([
                        .init("interval", "5s"),
                        .init(
                            "input_series",
                            .list(
                                series.map {
                                    .mapping([
                                        .init("series", .text(Self.selector($0.0))),
                                        .init("values", .text("\($0.1)x10")),
                                    ])
                                })),
                        .init("alert_rule_test", .list(tests)),
                    ])
                ])),
        ])
        try Data(YAMLWriter.text(document).utf8).write(to: scratch.url.appending(path: "test.yml"))
        let run = try await ProgramRun(["/usr/bin/promtool", "test", "rules", "test.yml"], in: scratch.url)
        #expect(run.exitCode == 0, "\(run.output)\(run.errors)")
    }

    private static func expectation(_ alert: String, _ instances: [AlertInstance]) -> YAMLValue {
        .mapping([
            .init("eval_time", "30s"), .init("alertname", .text(alert)),
            .init(
                "exp_alerts",
                .list(
                    instances.map { instance in
                        var labels = instance.labels
                        labels["alertname"] = nil
                        let annotations = instance.annotations
                        return .mapping([
                            .init("exp_labels", .texts(labels.dictionary)),
                            .init("exp_annotations", .texts(annotations)),
                        ])
                    })),
        ])
    }

    private static func selector(_ labels: Labels) -> String {
        let pairs = labels.withoutMetric.sorted.map { "\($0.name)=\"\($0.value)\"" }
        return "\(labels.metric ?? ""){\(pairs.joined(separator: ","))}"
    }
}
