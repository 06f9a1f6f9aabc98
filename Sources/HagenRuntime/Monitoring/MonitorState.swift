internal import Hagen
internal import HagenEngine
internal import Logging
internal import PromQL

/// The machines of one monitor, fed by its loops one event at a time.
actor MonitorState {
    private let configuration: MonitorConfiguration
    private let logger: Logger
    /// Takes what is to be sent; the notification machine bounds how much that is at once.
    private let outbox: AsyncStream<Notification>.Continuation

    private var store: SeriesStore
    private var recordings: HostRecordings
    private var alerts: [AlertMachine]
    /// Of the alerts, in their order.
    private let routings: [AlertRouting]
    private var notifications = NotificationMachine()
    private var collections: UInt64 = 0
    private var missedCollections: UInt64 = 0
    private var lastCollectionTook = Duration.zero

    /// - Parameter expressions: those of the configuration's alerts, in their order.
    init(
        _ configuration: MonitorConfiguration, expressions: [PromQL.Expression], logger: Logger,
        outbox: AsyncStream<Notification>.Continuation
    ) {
        precondition(
            expressions.count == configuration.alerts.count,
            "\(configuration.alerts.count) alerts have \(expressions.count) expressions")
        self.configuration = configuration
        self.logger = logger
        self.outbox = outbox
        store = SeriesStore(interval: configuration.interval)
        recordings = HostRecordings(common: ["instance": configuration.host])
        alerts = zip(configuration.alerts, expressions).map { AlertMachine($0, expression: $1) }
        routings = configuration.alerts.map { AlertRouting(receivers: $0.receivers, routes: configuration.routes) }
    }

    // MARK: - Events

    struct Collection {
        var samples: [Sample]
        /// When it was due. Alerts count on this time, so that a `hold` of three intervals is over after three of them,
        /// however late each is by a little.
        var scheduledAt: ContinuousClock.Instant
        /// When it began. Rates count on this time.
        var measuredAt: ContinuousClock.Instant
        var took: Duration
        /// How many before it were left out.
        var missed: UInt64
    }

    /// Takes one collection, and evaluates every alert over what is known then.
    func collected(_ collection: Collection, at now: ContinuousClock.Instant) {
        collections += 1
        missedCollections += collection.missed
        lastCollectionTook = collection.took
        let derived = recordings.collected(collection.samples, at: collection.measuredAt)
        store.collected(collection.samples + derived + ownSamples, at: collection.scheduledAt)
        for index in alerts.indices { evaluate(index, scheduledAt: collection.scheduledAt, at: now) }
    }

    private func evaluate(_ index: Int, scheduledAt: ContinuousClock.Instant, at now: ContinuousClock.Instant) {
        let name = alerts[index].configuration.name
        let directives = alerts[index].evaluated(alerts[index].expression.evaluate(over: store), at: scheduledAt)
        directives.forEach(log)
        notifications.alertEvaluated(name, alerts[index].active, routing: routings[index])
        perform(notifications.alertChanged(name, directives, routing: routings[index], at: now))
    }

    func timeReached(at now: ContinuousClock.Instant) {
        perform(notifications.timeReached(at: now))
    }

    func sent(_ notification: Notification, _ outcome: WebhookSender.Outcome, at now: ContinuousClock.Instant) {
        var metadata: Logger.Metadata = [
            "receiver": "\(notification.receiver)", "alert": "\(notification.alert)",
            "instances": "\(notification.instances.count + notification.truncated)",
        ]
        switch outcome {
        case .delivered:
            logger.info("notification delivered", metadata: metadata)
            perform(notifications.delivered(notification.id, at: now))
        case .failed(let reason, let isTransient):
            metadata["reason"] = "\(reason)"
            logger.warning("notification failed", metadata: metadata)
            perform(notifications.failed(notification.id, isTransient: isTransient, at: now))
        }
    }

    // MARK: - Directives

    private func perform(_ directives: [NotificationDirective]) {
        for directive in directives {
            switch directive {
            case .send(let notification): outbox.yield(notification)
            case .gaveUp(let receiver, let alert, let instances):
                logger.error(
                    "resolved alerts were never told",
                    metadata: ["receiver": "\(receiver)", "alert": "\(alert)", "instances": "\(instances)"])
            }
        }
    }

    private func log(_ directive: AlertDirective) {
        let (level, message, instance): (Logger.Level, Logger.Message, AlertInstance) =
            switch directive {
            case .becamePending(let instance): (.info, "alert pending", instance)
            case .withdrawn(let instance): (.info, "alert withdrawn", instance)
            case .fired(let instance): (.warning, "alert firing", instance)
            case .resolved(let instance): (.notice, "alert resolved", instance)
            }
        var labels = instance.labels
        labels[Labels.alertName] = nil
        logger.log(
            level: level, message,
            metadata: [
                "alert": "\(instance.labels[Labels.alertName] ?? "")", "labels": "\(labels)",
                "value": "\(formatted(instance.value))",
            ])
    }

    // MARK: - What is known

    /// The monitor's own samples, as of the collection before this one.
    private var ownSamples: [Sample] {
        var samples = SampleList(instance: configuration.host)
        samples.add("hagen_host_info", 1, ["topology": configuration.topology, "zone": configuration.zone])
        samples.add("hagen_monitor_series", Double(store.count))
        samples.add("hagen_monitor_collections_total", Double(collections))
        samples.add("hagen_monitor_missed_collections_total", Double(missedCollections))
        samples.add("hagen_monitor_collection_seconds", lastCollectionTook.seconds)
        samples.add("hagen_monitor_refused_samples_total", Double(store.refusedSamples))
        samples.add("hagen_monitor_refused_series_total", Double(alerts.reduce(0) { $0 + $1.refusedSeries }))
        samples.add("hagen_monitor_notifications_sent_total", Double(notifications.deliveredMessages))
        samples.add("hagen_monitor_notifications_failed_total", Double(notifications.failedAttempts))
        samples.add("hagen_monitor_notifications_dropped_total", Double(notifications.droppedInstances))
        samples.add("hagen_monitor_notifications_waiting", Double(notifications.waiting))
        let active = alerts.flatMap(\.active)
        for state in [AlertInstance.State.pending, .firing] {
            samples.add("hagen_monitor_alerts", Double(active.count { $0.state == state }), ["state": state.rawValue])
        }
        return samples.samples
    }

    /// Everything for `/metrics`: the series, and `ALERTS` as Prometheus has it.
    var metrics: [(metric: String, samples: [Sample])] {
        let active = alerts.flatMap(\.active).map { instance in
            var labels = instance.labels
            labels["alertstate"] = instance.state.rawValue
            return Sample(labels: labels, value: 1)
        }
        return [(metric: "ALERTS", samples: active)] + store.samples
    }

    func status(at now: ContinuousClock.Instant) -> MonitorStatus {
        MonitorStatus(
            listen: configuration.listen, series: store.count, alerts: alerts.map { status(of: $0, at: now) },
            notificationsSent: notifications.deliveredMessages, notificationsFailed: notifications.failedAttempts)
    }

    /// The worst instance: a firing one before a pending one, the longest active before the others.
    private func status(of alert: AlertMachine, at now: ContinuousClock.Instant) -> MonitorStatus.Alert {
        let worst = alert.active.min {
            ($0.state == .firing ? 0 : 1, $0.activeAt, $0.labels) < (
                $1.state == .firing ? 0 : 1, $1.activeAt, $1.labels
            )
        }
        return MonitorStatus.Alert(
            name: alert.configuration.name,
            state: worst.map { $0.state == .firing ? .firing : .pending } ?? .inactive,
            labels: worst?.labels.dictionary ?? [:], value: worst?.value,
            since: worst.map { now - ($0.firedAt ?? $0.activeAt) })
    }
}
