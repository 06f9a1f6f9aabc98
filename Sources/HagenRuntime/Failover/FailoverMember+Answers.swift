internal import Hagen
internal import HagenEngine

/// An order that the supervisor has not answered.
struct AwaitedAnswer: Equatable, Sendable {
    /// Since when: the order's send, or the last answer to an earlier order.
    var since: Instant
    /// How long that may last.
    var patience: Duration
    /// The time was over once already: this agent itself may have been frozen, with the answer waiting for it.
    var isSuspicious = false
}

/// Supervisors answer at once; one that does not is frozen.
extension FailoverMember {
    /// A machine that is very busy is slower than this by no means. While the permit lasts nothing is lost by waiting.
    static let answerPatience: Duration = .seconds(1)
    /// The second look for an answer, after the agent itself had the time to take one.
    static let secondLook: Duration = .milliseconds(10)

    /// - Returns: the number that the order is sent with.
    mutating func ordered(_ order: SupervisorRequest.Order, at now: Instant) -> UInt64 {
        lastOrder += 1
        var patience = Self.answerPatience
        // Once the permit is over, a frozen supervisor has to be dead before another host may start.
        if case .kill = order, let leased = machine.leased, leased.permit == nil {
            let timing = leased.settings.timing
            patience = min(patience, (timing.duration - timing.stop) / 4)
        }
        if let current = answer {
            let due = min(current.since + current.patience, now + patience)
            if due < current.since + current.patience { answer = AwaitedAnswer(since: now, patience: patience) }
        } else {
            answer = AwaitedAnswer(since: now, patience: patience)
        }
        return lastOrder
    }

    /// - Parameter number: of the order; `nil`: a change that the supervisor announced.
    mutating func answered(_ number: UInt64?, at now: Instant) {
        guard let number else { return }
        if number >= lastOrder {
            answer = nil
        } else {
            // An answer to an earlier order: it works on.
            answer?.since = now
            answer?.isSuspicious = false
        }
    }

    /// When to look whether the supervisor has answered.
    var answerDue: Instant? { answer.map { $0.since + $0.patience } }

    /// Whether it is to be killed; each such finding counts once.
    mutating func isUnresponsive(at now: Instant) -> Bool {
        guard var answer, answer.since + answer.patience <= now else { return false }
        guard answer.isSuspicious else {
            answer.isSuspicious = true
            answer.since = now
            answer.patience = Self.secondLook
            self.answer = answer
            return false
        }
        answer.isSuspicious = false
        answer.since = now
        answer.patience = Self.answerPatience
        self.answer = answer
        return true
    }
}
