package import Hagen
internal import PromQL

/// What is wrong with a monitor's configuration that can be read.
package enum MonitorFaults {
    /// One sentence a fault, in the order of the configuration.
    package static func of(_ configuration: MonitorConfiguration) -> [String] {
        var faults: [String] = []
        if !configuration.listen.address.isLoopback {
            faults.append(
                """
                listen: /metrics is served without TLS, so on a loopback address only, such as 127.0.0.1:9464, not \
                on \(configuration.listen)
                """)
        }
        let intervals = Model.Monitoring.intervals
        if !intervals.contains(configuration.interval) {
            faults.append(
                "interval: \(configuration.interval.text) is not between \(intervals.lowerBound.text) and \(intervals.upperBound.text)"
            )
        }
        faults += receiverFaults(configuration.receivers)
        faults += duplicates(configuration.alerts.map(\.name)).map { "alerts: there are several named '\($0)'" }
        let receivers = Set(configuration.receivers.map(\.name))
        for alert in configuration.alerts {
            faults += alertFaults(alert, receivers).map { "alert '\(alert.name)': \($0)" }
        }
        for (index, route) in configuration.routes.enumerated() {
            faults += routeFaults(route, receivers).map { "route \(index + 1): \($0)" }
        }
        return faults
    }

    private static func receiverFaults(_ receivers: [Model.Receiver]) -> [String] {
        var faults = duplicates(receivers.map(\.name)).map { "receivers: there are several named '\($0)'" }
        for receiver in receivers {
            switch receiver.channel {
            case .webhook: break
            case .email: faults.append("receiver '\(receiver.name)': email is not there yet: name a webhook")
            case .command: faults.append("receiver '\(receiver.name)': command is not there yet: name a webhook")
            }
        }
        return faults
    }

    private static func alertFaults(_ alert: MonitorConfiguration.Alert, _ receivers: Set<String>) -> [String] {
        var faults: [String] = []
        if alert.name.isEmpty { faults.append("it has no name") }
        do throws(PromQLError) {
            _ = try parse(alert.expression)
        } catch {
            faults.append(
                "the expression '\(alert.expression)' is wrong at byte \(error.range.lowerBound + 1): \(error.message)")
        }
        if alert.hold < .zero { faults.append("its hold, \(alert.hold.text), is below zero") }
        if alert.keepFiring < .zero { faults.append("its keepFiring, \(alert.keepFiring.text), is below zero") }
        for label in alert.labels.keys.sorted() where !Model.Alert.isLabelName(label) {
            faults.append("'\(label)' cannot be a label's name: letters, digits and _ make one, no digit first")
        }
        for reserved in Model.Alert.reservedLabels where alert.labels[reserved] != nil {
            faults.append("the label '\(reserved)' is set by the monitor itself")
        }
        for receiver in alert.receivers where !receivers.contains(receiver) {
            faults.append("there is no receiver '\(receiver)'")
        }
        faults += duplicates(alert.receivers).map { "the receiver '\($0)' stands twice" }
        return faults
    }

    private static func routeFaults(_ route: Model.Route, _ receivers: Set<String>) -> [String] {
        var faults = route.receivers.isEmpty ? ["it names no receiver"] : []
        for receiver in route.receivers where !receivers.contains(receiver) {
            faults.append("there is no receiver '\(receiver)'")
        }
        faults += duplicates(route.receivers).map { "the receiver '\($0)' stands twice" }
        for label in route.match.keys.sorted() where !Model.Alert.isLabelName(label) {
            faults.append("'\(label)' cannot be a label's name: letters, digits and _ make one, no digit first")
        }
        return faults
    }

    private static func duplicates(_ names: [String]) -> [String] {
        Dictionary(grouping: names, by: \.self).filter { $0.value.count > 1 }.keys.sorted()
    }
}
