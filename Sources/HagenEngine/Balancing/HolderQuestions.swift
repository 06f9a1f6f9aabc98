/// The questions that a balancer has put to agents lately, and when it sent each.
///
/// What is left of a holder's permit arrives as a duration, and counts from the send of the question that it answers. The
/// agent measured it after that moment, so the sum never lies beyond the permit's end, however long the question or the
/// answer was under way, and no two clocks are compared. An answer names its question by a number that nobody could guess:
/// one that was recorded and is sent again answers a question that is forgotten, or counts from as long ago as it was.
package struct HolderQuestions: Equatable, Sendable {
    /// Older questions are forgotten.
    package static let maximumCount = 32

    private struct Question: Equatable, Sendable {
        var round: UInt64
        var sent: ContinuousClock.Instant
    }
    /// The oldest first.
    private var questions: [Question] = []

    package init() {}

    /// - Parameter round: drawn at random for this question.
    package mutating func asked(round: UInt64, at now: ContinuousClock.Instant) {
        if questions.count == Self.maximumCount { questions.removeFirst() }
        questions.append(Question(round: round, sent: now))
    }

    /// `nil` where no such question is remembered.
    package func sent(of round: UInt64) -> ContinuousClock.Instant? {
        questions.last { $0.round == round }?.sent
    }
}
