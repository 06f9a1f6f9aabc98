import Hagen

/// One exchange of a client: when it began and ended, and how.
struct Sample: Sendable {
    enum Outcome: Equatable, Sendable {
        case answered(String)
        case failed(String)
    }
    var start: ContinuousClock.Instant
    var end: ContinuousClock.Instant
    var outcome: Outcome

    var answer: String? { if case .answered(let text) = outcome { text } else { nil } }
    var isAnswered: Bool { answer != nil }

    func overlaps(_ moment: ClosedRange<ContinuousClock.Instant>) -> Bool {
        start <= moment.upperBound && end >= moment.lowerBound
    }
}

extension [Sample] {
    /// The longest time without an answer between the two instants: from one answer's end to the next one's.
    func longestGap(from start: ContinuousClock.Instant, to end: ContinuousClock.Instant) -> Duration {
        let ends = filter(\.isAnswered).map(\.end).sorted()
        let inside = ends.filter { $0 > start && $0 < end }
        let edges = [ends.last { $0 <= start } ?? start] + inside + [end]
        return zip(edges, edges.dropFirst()).map { $1 - $0 }.max() ?? .zero
    }
}
