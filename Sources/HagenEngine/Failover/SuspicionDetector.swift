internal import Glibc
internal import Hagen

/// How unlikely it is that a peer that has been silent for so long still lives: the φ accrual failure detector of
/// Hayashibara, Défago, Yared and Katayama (2004).
///
/// φ is minus the decimal logarithm of the probability that a greeting comes later than now, with the times between
/// greetings taken as normally distributed: at φ = 8 one suspicion in 100 million is wrong, as far as the past tells. It
/// adapts to the network and only ever speeds something up: the lease alone decides who may act.
package struct SuspicionDetector: Equatable, Sendable {
    package static let threshold = 8.0
    /// Greetings that are remembered.
    static let windowLength = 32
    /// Before so many intervals are known nothing is suspected.
    static let minimumIntervals = 4
    /// A quiet network would make the detector nervous: schedulers alone are late by some milliseconds.
    static let leastDeviationInSeconds = 0.02
    /// Standard deviations from the mean at which φ reaches the threshold.
    private static let deviationsAtThreshold = 5.612

    private var last: Instant?
    private var distribution: (mean: Double, deviation: Double)? {
        intervals.count < Self.minimumIntervals ? nil : (mean, deviation)
    }
    /// Of the intervals, in seconds.
    private var mean = 0.0
    private var deviation = 0.0
    private var intervals: [Double] = []
    private var position = 0

    package init() {}

    package mutating func heard(at now: Instant) {
        if let last {
            let interval = Double((now - last).nanoseconds) / 1e9
            if intervals.count < Self.windowLength {
                intervals.append(interval)
            } else {
                intervals[position] = interval
                position = (position + 1) % Self.windowLength
            }
            measure()
        }
        last = now
    }

    /// 0 while nothing is known; at most 300.
    package func suspicion(at now: Instant) -> Double {
        guard let last, let (mean, deviation) = distribution else { return 0 }
        let silence = Double((now - last).nanoseconds) / 1e9
        let later = 0.5 * erfc((silence - mean) / (deviation * 2.0.squareRoot()))
        return later > 0 ? min(max(-log10(later), 0), 300) : 300
    }

    package func isSuspected(at now: Instant) -> Bool { suspectedAt.map { $0 <= now } ?? false }

    /// When the threshold is reached if nothing more is heard; `nil` while too little is known.
    package var suspectedAt: Instant? {
        guard let last, let (mean, deviation) = distribution else { return nil }
        let silence = mean + Self.deviationsAtThreshold * deviation
        return last + .nanoseconds(Int64(min(silence, 3600) * 1e9))
    }

    private mutating func measure() {
        let count = Double(intervals.count)
        let mean = intervals.reduce(0, +) / count
        let variance = intervals.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
        self.mean = mean
        deviation = max(variance.squareRoot(), Self.leastDeviationInSeconds)
    }
}
