internal import Hagen

extension LoweringContext {
    /// Every monitor judges every alert, each over the series of its own host.
    func monitor(on host: Model.Host) -> MonitorConfiguration {
        MonitorConfiguration(
            topology: topology.name, host: host.name, zone: host.zone,
            listen: required(plan.monitorListener(on: host.name)),
            interval: topology.monitoring.interval ?? Defaults.monitorInterval,
            alerts: topology.monitoring.alerts.sorted { $0.name < $1.name }.map(alert),
            receivers: topology.monitoring.receivers.sorted { $0.name < $1.name },
            routes: topology.monitoring.routes)
    }

    private func alert(_ alert: Model.Alert) -> MonitorConfiguration.Alert {
        MonitorConfiguration.Alert(
            name: alert.name, expression: alert.expression, hold: alert.hold ?? Defaults.hold,
            keepFiring: alert.keepFiring ?? Defaults.keepFiring, labels: alert.labels, annotations: alert.annotations,
            receivers: alert.receivers.sorted())
    }
}
