/// A counter's values over the last minute, thinned so that they stay few however often it is read.
package struct CounterWindow: Equatable, Sendable {
    package static let length = Duration.seconds(60)
    /// 60 points in a minute: more make no better rate.
    private static let spacing = Duration.seconds(1)

    private struct Point: Equatable, Sendable {
        var increase: Double
        var time: ContinuousClock.Instant
    }

    /// Oldest first. The increase is that since the first value ever seen.
    private var points: [Point] = []
    private var lastValue: Double?
    package private(set) var lastSeenAt: ContinuousClock.Instant?

    package init() {}

    /// A value below the one before counts as no increase. The kernel's idle counters step back by a little at times,
    /// and a counter that truly starts anew (a processor that was away) loses one interval this way, not a minute.
    package mutating func counted(_ value: Double, at now: ContinuousClock.Instant) {
        let increase = (points.last?.increase ?? 0) + max(0, value - (lastValue ?? value))
        lastValue = value
        lastSeenAt = now
        if points.count > 1, points[points.count - 1].time - points[points.count - 2].time < Self.spacing {
            points[points.count - 1] = Point(increase: increase, time: now)
        } else {
            points.append(Point(increase: increase, time: now))
        }
        // One point may be older than the window, or the rate would cover less than the minute.
        while points.count > 2, now - points[1].time >= Self.length { points.removeFirst() }
    }

    /// The mean increase in a second over the last minute, or over what there is of it; `nil` before two values.
    package var ratePerSecond: Double? {
        guard let first = points.first, let last = points.last, last.time > first.time else { return nil }
        return (last.increase - first.increase) / ((last.time - first.time) / Duration.seconds(1))
    }
}
