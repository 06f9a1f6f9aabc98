/// How long something took, of many times.
package struct Distribution: Equatable, Sendable {
    package let count: Int
    package let shortest: Duration
    package let median: Duration
    /// Ninety-nine of a hundred took no longer (nearest rank).
    package let percentile99: Duration
    package let longest: Duration

    /// - Returns: `nil` of nothing.
    package init?(_ durations: [Duration]) {
        let sorted = durations.sorted()
        guard let first = sorted.first, let last = sorted.last else { return nil }
        count = sorted.count
        shortest = first
        longest = last
        median = sorted[(sorted.count - 1) / 2]
        percentile99 = sorted[(sorted.count * 99 + 99) / 100 - 1]
    }
}
