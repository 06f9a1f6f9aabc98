import Hagen
import Testing

@testable import HagenRuntime

/// Goal: a configuration that cannot work is refused at the start, in words that say where, what and what to do.
@Suite struct MonitorFaultsTests {
    static func configuration(
        listen: String = "127.0.0.1:9464", interval: Duration = .seconds(1),
        alerts: [MonitorConfiguration.Alert] = [], receivers: [Model.Receiver] = [],
        routes: [Model.Route] = []
    ) throws -> MonitorConfiguration {
        MonitorConfiguration(
            topology: "shop", host: "a1", zone: "z", listen: try #require(SocketAddress(listen)), interval: interval,
            alerts: alerts, receivers: receivers, routes: routes)
    }

    static func alert(
        _ expression: String = "node_load1 > 4", name: String = "high", hold: Duration = .zero,
        labels: [String: String] = ["severity": "warning"], receivers: [String] = []
    ) -> MonitorConfiguration.Alert {
        MonitorConfiguration.Alert(
            name: name, expression: expression, hold: hold, keepFiring: .zero, labels: labels,
            annotations: ["summary": "{{ $labels.instance }} has a load of {{ $value }}"], receivers: receivers)
    }

    @Test func aGoodOneHasNone() throws {
        let receiver = Model.Receiver(name: "oncall", channel: .webhook(url: .plain("http://127.0.0.1/")))
        #expect(
            MonitorFaults.of(
                try Self.configuration(alerts: [Self.alert(receivers: ["oncall"])], receivers: [receiver])) == [])
    }

    @Test func expressions() throws {
        let wrong = MonitorFaults.of(try Self.configuration(alerts: [Self.alert("node_load1 > > 4")]))
        #expect(wrong.count == 1)
        #expect(wrong.first?.hasPrefix("alert 'high': the expression 'node_load1 > > 4' is wrong at byte 14: ") == true)
        let later = MonitorFaults.of(try Self.configuration(alerts: [Self.alert("rate(node_forks_total[1m]) > 4")]))
        #expect(later.first?.contains("functions: not evaluated yet") == true)
    }

    @Test func everyFaultIsTold() throws {
        let faults = MonitorFaults.of(
            try Self.configuration(
                listen: "10.0.0.1:9464", interval: .milliseconds(10),
                alerts: [
                    Self.alert(hold: .seconds(-1), labels: ["9x": "", "alertname": "y"], receivers: ["nobody"]),
                    Self.alert(),
                ],
                receivers: [
                    .init(name: "post", channel: .email(to: "a@example.org")),
                    .init(name: "script", channel: .command(["/bin/true"])),
                ],
                routes: [.init(receivers: []), .init(match: ["a-b": ""], receivers: ["post", "lost", "post"])]))
        for part in [
            "listen: /metrics is served without TLS, so on a loopback address only", "interval: 10ms is not between",
            "receiver 'post': email is not there yet", "receiver 'script': command is not there yet",
            "alerts: there are several named 'high'", "is below zero", "'9x' cannot be a label's name",
            "the label 'alertname' is set by the monitor itself", "there is no receiver 'nobody'",
            "route 1: it names no receiver", "route 2: there is no receiver 'lost'",
            "route 2: the receiver 'post' stands",
            "route 2: 'a-b' cannot be a label's name",
        ] {
            #expect(faults.contains { $0.contains(part) }, "\(part) in \(faults)")
        }
        #expect(faults.count == 13)
    }

    /// A secret address comes from its file, trimmed; what is wrong with it is said without saying it.
    @Test func credentials() throws {
        let directory = try TemporaryDirectory()
        _ = try directory.file("good", " https://hooks.example.org/secret-token\n")
        _ = try directory.file("bad", "secret-token\n")
        func resolve(_ name: String, in directory: String?) throws -> [String: String] {
            let receiver = Model.Receiver(name: "r", channel: .webhook(url: .credential(Credential(name: name))))
            return try WebhookAddresses.resolve([receiver], credentialsDirectory: directory)
        }
        #expect(try resolve("good", in: directory.path) == ["r": "https://hooks.example.org/secret-token"])
        for (name, folder, words) in [
            ("bad", directory.path, "is not of the form"), ("absent", directory.path, "there is no file"),
            ("good", nil, "CREDENTIALS_DIRECTORY is not set"),
            ("../good", directory.path, "is no name of a credential"),
        ] {
            let failure = #expect(throws: EngineFailure.self) { try resolve(name, in: folder) }
            #expect(failure?.kind == .configuration)
            #expect(failure?.description.contains(words) == true, "\(failure?.description ?? "")")
            #expect(failure?.description.hasPrefix("receiver 'r': ") == true)
            #expect(failure?.description.contains("secret-token") == false)
        }
    }
}
