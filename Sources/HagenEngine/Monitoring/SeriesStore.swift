package import PromQL

/// The newest sample of every series that was collected lately.
///
/// A series that was missing in five collections in a row, or for five minutes, is stale: it is forgotten, and
/// expressions see it no more. Above the limit new series are refused and counted, known ones go on.
package struct SeriesStore: Equatable, Sendable {
    /// A host's own series are some hundreds; 10,000 take about 5 MB.
    package static let defaultLimit = 10_000
    package static let longestAge = Duration.seconds(300)

    private struct Entry: Equatable, Sendable {
        var value: Double
        var seenAt: ContinuousClock.Instant
    }

    /// By metric, then by all labels.
    private var metrics: [String: [Labels: Entry]] = [:]
    private let staleAfter: Duration
    private let limit: Int
    /// The number of series.
    package private(set) var count = 0
    /// Samples refused because of the limit, since the start.
    package private(set) var refusedSamples: UInt64 = 0

    /// - Parameter interval: the time between two collections, above zero.
    package init(interval: Duration, limit: Int = Self.defaultLimit) {
        precondition(interval > .zero, "the interval between collections must be above zero, not \(interval)")
        staleAfter = min(interval * 5, Self.longestAge)
        self.limit = limit
    }

    /// Takes the samples of one collection and forgets what has become stale. Of two samples of one series the later
    /// one counts; a sample without a metric's name is refused.
    package mutating func collected(_ samples: [Sample], at now: ContinuousClock.Instant) {
        for sample in samples { take(sample, at: now) }
        for (metric, series) in metrics {
            let fresh = series.filter { now - $0.value.seenAt <= staleAfter }
            guard fresh.count < series.count else { continue }
            count -= series.count - fresh.count
            metrics[metric] = fresh.isEmpty ? nil : fresh
        }
    }

    private mutating func take(_ sample: Sample, at now: ContinuousClock.Instant) {
        let entry = Entry(value: sample.value, seenAt: now)
        guard let metric = sample.labels.metric else {
            refusedSamples += 1
            return
        }
        if metrics[metric]?[sample.labels] != nil {
            metrics[metric]?[sample.labels] = entry
        } else if count < limit {
            metrics[metric, default: [:]][sample.labels] = entry
            count += 1
        } else {
            refusedSamples += 1
        }
    }

    /// Every series, sorted by metric, then by labels.
    package var samples: [(metric: String, samples: [Sample])] {
        metrics.sorted { $0.key < $1.key }.map { metric, series in
            (metric, series.map { Sample(labels: $0.key, value: $0.value.value) }.sorted { $0.labels < $1.labels })
        }
    }
}

extension SeriesStore: SeriesSource {
    package func instantVector(_ selector: VectorSelector) -> [Sample] {
        let named = selector.matchers.first { $0.label == Labels.metricName && $0.operation == .equal }?.value
        if let metric = selector.metric ?? named {
            return matching(selector, in: metrics[metric] ?? [:])
        }
        return metrics.values.flatMap { matching(selector, in: $0) }
    }

    private func matching(_ selector: VectorSelector, in series: [Labels: Entry]) -> [Sample] {
        series.compactMap { labels, entry in
            selector.matches(labels) ? Sample(labels: labels, value: entry.value) : nil
        }
    }
}
