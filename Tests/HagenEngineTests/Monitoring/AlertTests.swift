import Hagen
import HagenEngine
import PromQL
import Testing

/// The goal: instances carry what receivers are shown, and nothing grows without bound.
@Suite struct AlertTests {
    private let start = ContinuousClock.now

    private func machine(annotations: [String: String] = [:]) throws -> AlertMachine {
        let expression = "load > 4"
        return AlertMachine(
            MonitorConfiguration.Alert(
                name: "high", expression: expression, hold: .zero, keepFiring: .zero,
                labels: ["severity": "critical", "host": "override"], annotations: annotations, receivers: []),
            expression: try parse(expression))
    }

    private func sample(_ labels: KeyValuePairs<String, String>, _ value: Double = 5) -> Sample {
        Sample(labels: Labels(metric: "load", labels), value: value)
    }

    /// The series' labels without its metric, overridden by the alert's own, and the alert's name.
    @Test func labelsOfAnInstance() throws {
        var machine = try machine()
        _ = machine.evaluated([sample(["host": "a", "zone": "z"])], at: start)
        #expect(
            machine.active.map(\.labels) == [
                ["alertname": "high", "host": "override", "severity": "critical", "zone": "z"]
            ])
    }

    /// Two forms are filled in; anything else stays as it was written.
    @Test(arguments: [
        ("{{ $labels.host }} is at {{$value}}", "a is at 0.5"),
        ("{{ $labels.absent }}.", "."),
        (
            "{{ $labels.host | title }} {{ printf \"%.2f\" $value }}",
            "{{ $labels.host | title }} {{ printf \"%.2f\" $value }}"
        ),
        ("{{ $labels. }} {{}} {{ $value", "{{ $labels. }} {{}} {{ $value"),
        ("}} {{ $value }} {", "}} 0.5 {"),
        ("{{{ $value }}}", "{{{ $value }}}"),
        ("plain", "plain"),
    ])
    func annotations(text: String, expanded: String) throws {
        var machine = try machine(annotations: ["summary": text])
        _ = machine.evaluated([sample(["host": "a"], 0.5)], at: start)
        #expect(machine.active.first?.annotations == ["summary": expanded])
    }

    @Test func instancesAreBounded() throws {
        var machine = try machine()
        let samples = (0..<1_500).map { sample(["series": "\($0)"]) }
        #expect(machine.evaluated(samples, at: start).count == AlertMachine.instanceLimit)
        #expect(machine.active.count == AlertMachine.instanceLimit)
        #expect(machine.refusedSeries == 500)
    }

    /// A message holds 100 instances and says how many more there are.
    @Test func messagesAreBounded() throws {
        var machine = try machine()
        var notifications = NotificationMachine()
        let fired = machine.evaluated((0..<150).map { sample(["series": "\($0)"]) }, at: start)
        let directives = notifications.alertChanged(
            "high", fired, routing: AlertRouting(receivers: ["pager"]), at: start)
        guard case .send(let message) = directives.first, directives.count == 1 else {
            Issue.record("one message was expected: \(directives.count)")
            return
        }
        #expect(message.instances.count == 100)
        #expect(message.truncated == 50)
    }

    /// While a receiver is away, no more than the limit of resolved instances is kept, and what is dropped is counted.
    @Test func resolvedInstancesAreBounded() throws {
        var limits = NotificationMachine.Limits()
        limits.resolvedInGroup = 10
        var notifications = NotificationMachine(limits: limits)
        var machine = try machine()
        let fired = machine.evaluated((0..<30).map { sample(["series": "\($0)"]) }, at: start)
        _ = notifications.alertChanged("high", fired, routing: AlertRouting(receivers: ["pager"]), at: start)
        _ = notifications.failed(1, isTransient: true, at: start)
        let resolved = machine.evaluated([], at: start + .milliseconds(1))
        let directives = notifications.alertChanged(
            "high", resolved, routing: AlertRouting(receivers: ["pager"]), at: start + .milliseconds(1))
        #expect(directives == [.gaveUp(receiver: "pager", alert: "high", instances: 20)])
        #expect(notifications.droppedInstances == 20)
        #expect(notifications.waiting == 1)
    }

    /// No more than eight messages are under way at once; each answer lets the next one go.
    @Test func messagesAtOnceAreBounded() throws {
        var notifications = NotificationMachine()
        var sent = 0
        for alert in 0..<20 {
            var machine = try machine()
            let fired = machine.evaluated([sample([:])], at: start)
            sent +=
                notifications.alertChanged(
                    "alert \(alert)", fired, routing: AlertRouting(receivers: ["pager"]), at: start
                ).count
        }
        #expect(sent == 8)
        for id in 1...20 { sent += notifications.delivered(UInt64(id), at: start).count }
        #expect(sent == 20)
        #expect(notifications.waiting == 0)
    }

    /// The fingerprint is that of Prometheus: FNV-1a 64 of the sorted labels, each name and value ended by 0xFF.
    @Test func fingerprints() {
        #expect(Labels().fingerprint == "cbf29ce484222325")
        #expect((["a": "b"] as Labels).fingerprint != (["b": "a"] as Labels).fingerprint)
        #expect((["a": "b", "c": "d"] as Labels).fingerprint == "53997eba86e1c7f5")
    }
}
