package import Hagen
package import PromQL

/// What became of one instance of an alert.
package enum AlertDirective: Equatable, Sendable {
    /// The condition holds, but not yet for as long as the alert asks.
    case becamePending(AlertInstance)
    /// It ceased to hold before anybody was told.
    case withdrawn(AlertInstance)
    case fired(AlertInstance)
    case resolved(AlertInstance)
}

/// One alert: which series its condition holds for, and since when.
///
/// The states are those of Prometheus: inactive, pending until the condition has held for `hold`, firing until it has
/// not held for `keepFiring`. What surprises: a series that goes stale ends its instance as a value within bounds does,
/// and a machine that starts anew counts `hold` from the start.
package struct AlertMachine: Equatable, Sendable {
    /// Instances at once; a series above it is refused and counted.
    package static let instanceLimit = 1_000

    package let configuration: MonitorConfiguration.Alert
    package let expression: Expression
    private var instances: [Labels: Tracked] = [:]
    /// Series refused because of the limit, since the start; one series may count many times.
    package private(set) var refusedSeries: UInt64 = 0

    private struct Tracked: Equatable, Sendable {
        var instance: AlertInstance
        /// Since when the condition has not held, while it goes on firing.
        var missingSince: ContinuousClock.Instant?
    }

    package init(_ configuration: MonitorConfiguration.Alert, expression: Expression) {
        self.configuration = configuration
        self.expression = expression
    }

    /// Pending and firing ones, sorted by labels.
    package var active: [AlertInstance] {
        instances.values.map(\.instance).sorted { $0.labels < $1.labels }
    }

    /// - Parameter samples: the series for which the condition holds now, sorted. Series that differ in nothing but
    ///   their metric are one instance, and the first counts.
    /// - Returns: the changes, sorted by labels.
    package mutating func evaluated(_ samples: [Sample], at now: ContinuousClock.Instant) -> [AlertDirective] {
        var seen: [Labels: Sample] = [:]
        for sample in samples {
            let labels = instanceLabels(of: sample)
            if seen[labels] == nil { seen[labels] = sample }
        }
        var directives: [AlertDirective] = []
        for labels in Set(instances.keys).union(seen.keys).sorted() {
            if let sample = seen[labels] {
                directives += conditionHolds(labels, sample, at: now)
            } else {
                directives += conditionMissing(labels, at: now)
            }
        }
        return directives
    }

    private mutating func conditionHolds(
        _ labels: Labels, _ sample: Sample, at now: ContinuousClock.Instant
    ) -> [AlertDirective] {
        let isNew = instances[labels] == nil
        guard !isNew || instances.count < Self.instanceLimit else {
            refusedSeries += 1
            return []
        }
        let annotations = configuration.annotations.mapValues {
            AnnotationTemplate.expanded($0, labels: sample.labels, value: sample.value)
        }
        var instance =
            instances[labels]?.instance
            ?? AlertInstance(labels: labels, annotations: annotations, value: sample.value, activeAt: now)
        instance.annotations = annotations
        instance.value = sample.value
        let fires = instance.firedAt == nil && now - instance.activeAt >= configuration.hold
        if fires { instance.firedAt = now }
        instances[labels] = Tracked(instance: instance)
        if fires { return [.fired(instance)] }
        return isNew ? [.becamePending(instance)] : []
    }

    private mutating func conditionMissing(_ labels: Labels, at now: ContinuousClock.Instant) -> [AlertDirective] {
        guard var tracked = instances[labels] else { return [] }
        guard tracked.instance.state == .firing else {
            instances[labels] = nil
            return [.withdrawn(tracked.instance)]
        }
        let missingSince = tracked.missingSince ?? now
        guard now - missingSince >= configuration.keepFiring else {
            tracked.missingSince = missingSince
            instances[labels] = tracked
            return []
        }
        instances[labels] = nil
        tracked.instance.resolvedAt = now
        return [.resolved(tracked.instance)]
    }

    private func instanceLabels(of sample: Sample) -> Labels {
        var labels = sample.labels.withoutMetric
        for (name, value) in configuration.labels { labels[name] = value }
        labels[Labels.alertName] = configuration.name
        return labels
    }
}
