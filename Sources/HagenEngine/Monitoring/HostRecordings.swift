package import PromQL

/// Derives from a host's raw series those that alerts are written against, under the names of node-mixin's recording
/// rules:
///
/// - `instance:node_cpu_utilisation:rate1m`: 1 less the mean, over the processors, of the share of the last minute
///   spent idle. Before a minute has passed it covers what there is, from the second collection on.
/// - `instance:node_memory_utilisation:ratio`: 1 less available memory through total memory.
/// - `hagen_filesystem_used_ratio`: used space through used and available space, per filesystem, as `df` shows it.
package struct HostRecordings: Equatable, Sendable {
    package static let cpuUtilisation = "instance:node_cpu_utilisation:rate1m"
    package static let memoryUtilisation = "instance:node_memory_utilisation:ratio"
    package static let filesystemUsed = "hagen_filesystem_used_ratio"

    /// More processors than the kernel knows (`NR_CPUS`) are not followed.
    private static let processorLimit = 8192

    /// Of every processor's idle time, by its labels.
    private var idle: [Labels: CounterWindow] = [:]
    /// The labels that every derived series carries besides its own.
    private let common: Labels

    package init(common: Labels) { self.common = common }

    /// - Returns: the derived samples of this collection, each once, in a fixed order.
    package mutating func collected(_ samples: [Sample], at now: ContinuousClock.Instant) -> [Sample] {
        var available: Double?
        var total: Double?
        var filesystems: [Labels: Filesystem] = [:]
        for sample in samples {
            switch sample.labels.metric {
            case "node_cpu_seconds_total" where sample.labels["mode"] == "idle":
                guard idle[sample.labels] != nil || idle.count < Self.processorLimit else { continue }
                idle[sample.labels, default: CounterWindow()].counted(sample.value, at: now)
            case "node_memory_MemAvailable_bytes": available = sample.value
            case "node_memory_MemTotal_bytes": total = sample.value
            case "node_filesystem_size_bytes":
                filesystems[sample.labels.withoutMetric, default: .init()].size = sample.value
            case "node_filesystem_free_bytes":
                filesystems[sample.labels.withoutMetric, default: .init()].free = sample.value
            case "node_filesystem_avail_bytes":
                filesystems[sample.labels.withoutMetric, default: .init()].available = sample.value
            default: break
            }
        }
        // A processor that was taken away must not keep its last rate in the mean.
        idle = idle.filter { $0.value.lastSeenAt == now }

        var derived: [Sample] = []
        if let utilisation = processorUtilisation { derived.append(sample(Self.cpuUtilisation, utilisation)) }
        if let available, let total, total > 0 {
            derived.append(sample(Self.memoryUtilisation, 1 - available / total))
        }
        for (labels, filesystem) in filesystems.sorted(by: { $0.key < $1.key }) {
            guard let ratio = filesystem.usedRatio else { continue }
            var labels = labels
            labels[Labels.metricName] = Self.filesystemUsed
            derived.append(Sample(labels: labels, value: ratio))
        }
        return derived
    }

    private var processorUtilisation: Double? {
        let rates = idle.values.compactMap(\.ratePerSecond)
        guard !rates.isEmpty else { return nil }
        // The order of the terms would change the last digit of a sum.
        let mean = rates.sorted().reduce(0, +) / Double(rates.count)
        return min(max(1 - mean, 0), 1)
    }

    private func sample(_ metric: String, _ value: Double) -> Sample {
        var labels = common
        labels[Labels.metricName] = metric
        return Sample(labels: labels, value: value)
    }

    private struct Filesystem {
        var size, free, available: Double?

        var usedRatio: Double? {
            guard let size, let free, let available, size - free + available > 0 else { return nil }
            return (size - free) / (size - free + available)
        }
    }
}
