/// `monitor.json`: what one host measures, judges and reports.
package struct MonitorConfiguration: EngineConfiguration {
    package static let engine = Engine.monitor
    package static let schemaVersion: Int = 1
    package var schemaVersion: Int = Self.schemaVersion
    package var topology: String
    package var host: String
    package var zone: String
    /// Where `/metrics` is served.
    package var listen: SocketAddress
    @DurationText package var interval: Duration
    package var alerts: [Alert]
    /// Sorted by name.
    package var receivers: [Model.Receiver]
    /// Of the alerts without receivers of their own; in the order in which they are looked at.
    package var routes: [Model.Route]

    package init(
        topology: String, host: String, zone: String, listen: SocketAddress, interval: Duration, alerts: [Alert],
        receivers: [Model.Receiver], routes: [Model.Route] = []
    ) {
        self.topology = topology
        self.host = host
        self.zone = zone
        self.listen = listen
        self.interval = interval
        self.alerts = alerts
        self.receivers = receivers
        self.routes = routes
    }

    package struct Alert: Codable, Equatable, Sendable {
        package var name: String
        /// PromQL of the form that the monitor evaluates: a selector, a comparison, a number.
        package var expression: String
        @DurationText package var hold: Duration
        @DurationText package var keepFiring: Duration
        package var labels: [String: String]
        package var annotations: [String: String]
        /// Names of receivers.
        package var receivers: [String]

        package init(
            name: String, expression: String, hold: Duration, keepFiring: Duration, labels: [String: String],
            annotations: [String: String], receivers: [String]
        ) {
            self.name = name
            self.expression = expression
            self.hold = hold
            self.keepFiring = keepFiring
            self.labels = labels
            self.annotations = annotations
            self.receivers = receivers
        }
    }
}
