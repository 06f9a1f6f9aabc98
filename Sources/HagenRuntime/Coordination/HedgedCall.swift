internal import Hagen

/// One call, sent to the members of a store again and again until it is answered.
///
/// A request that etcd has forwarded to a leader that just died hangs for seconds, and the next one gets through
/// at once: so the next attempt goes out to another member while the earlier ones may still be answered. About eight
/// are under way at a time: each has eight times the pause before the next one. Both grow, so that a slow store
/// is asked less often and is given time to answer.
struct HedgedCall: Sendable {
    static let pause = Duration.milliseconds(50)
    private static let attemptsUnderWay = 8
    /// After an attempt that failed at once; longer with each round in which every member did.
    private static let shortestPause = Duration.milliseconds(10)

    /// How many members there are.
    var members: Int
    /// The one that is asked first.
    var first: Int
    var deadline: Duration
    /// `false`: an attempt that may have reached a member is the last one, and has the whole deadline for its answer.
    var mayRepeat: Bool

    struct Attempt: Equatable, Sendable {
        /// From 0, in the order of sending.
        var number: Int
        var member: Int
        var timeout: Duration
    }

    enum End<Answer: Sendable>: Sendable {
        case answered(Answer)
        /// It cannot have reached a member.
        case notSent(any Error)
        /// It may have been carried out, and may still be.
        case unknown(any Error)

        var isUnknown: Bool { if case .unknown = self { true } else { false } }
    }

    private enum Event<Answer: Sendable>: Sendable {
        case ended(Attempt, End<Answer>)
        case pauseEnded(launched: Int)
    }

    /// - Parameter judge: takes each end and how many attempts were sent so far, and returns what the call returns once it can tell. What it throws ends the call.
    /// - Throws: `CoordinationError.unreachable` with the reasons of the members, or what `judge` throws.
    func run<Answer: Sendable, Result: Sendable>(
        _ perform: @escaping @Sendable (Attempt) async -> End<Answer>,
        judge: (Attempt, End<Answer>, _ launched: Int) throws -> Result?
    ) async throws -> Result {
        guard members > 0 else { throw CoordinationError.unreachable("no endpoint is configured") }
        let end = ContinuousClock.now + deadline
        return try await withThrowingTaskGroup(of: Event<Answer>.self) { group in
            defer { group.cancelAll() }
            var flight = Flight<Answer>(call: self, end: end)
            flight.launch(in: &group, perform)
            while let event = try await group.next() {
                switch event {
                case .ended(let attempt, let result):
                    try Task.checkCancellation()
                    if let answer = try judge(attempt, result, flight.launched) { return answer }
                    flight.ended(attempt, result)
                    if flight.mayLaunch { flight.pause(flight.pauseAfterFailure, in: &group) }
                case .pauseEnded(let launched):
                    if launched == flight.launched, flight.mayLaunch { flight.launch(in: &group, perform) }
                }
                if flight.underWay == 0, !flight.mayLaunch { break }
            }
            throw CoordinationError.unreachable(flight.reasons)
        }
    }

    /// What is known of the attempts of one run.
    private struct Flight<Answer: Sendable> {
        let call: HedgedCall
        let end: ContinuousClock.Instant
        private(set) var launched = 0
        private(set) var underWay = 0
        private var lastLaunch = ContinuousClock.now
        private var mayHaveArrived = false
        private var problems: [Int: String] = [:]

        init(call: HedgedCall, end: ContinuousClock.Instant) { (self.call, self.end) = (call, end) }

        var mayLaunch: Bool {
            ContinuousClock.now < end && (call.mayRepeat || underWay == 0 && !mayHaveArrived)
        }

        var pauseAfterFailure: Duration {
            min(HedgedCall.shortestPause * (1 + launched / call.members), HedgedCall.pause)
        }

        var reasons: String {
            guard !problems.isEmpty else { return "no member answered within \(call.deadline.text)" }
            return problems.sorted { $0.key < $1.key }.map(\.value).joined(separator: "; ")
        }

        mutating func launch(
            in group: inout ThrowingTaskGroup<Event<Answer>, any Error>,
            _ perform: @escaping @Sendable (Attempt) async -> End<Answer>
        ) {
            let pause = HedgedCall.pause * (1 + launched / HedgedCall.attemptsUnderWay)
            let remaining = end - .now
            let attempt = Attempt(
                number: launched, member: (call.first + launched) % call.members,
                timeout: call.mayRepeat && call.members > 1
                    ? min(pause * HedgedCall.attemptsUnderWay, remaining) : remaining)
            launched += 1
            underWay += 1
            lastLaunch = .now
            group.addTask { .ended(attempt, await perform(attempt)) }
            // Of a store of one member a second answer comes no sooner than the first.
            if call.mayRepeat, call.members > 1 { self.pause(pause, in: &group) }
        }

        /// The next launch is no sooner than `duration` after the last one.
        func pause(_ duration: Duration, in group: inout ThrowingTaskGroup<Event<Answer>, any Error>) {
            let (instant, number) = (min(lastLaunch + duration, end), launched)
            group.addTask {
                try await Task.sleep(until: instant, tolerance: .zero)
                return .pauseEnded(launched: number)
            }
        }

        mutating func ended(_ attempt: Attempt, _ result: End<Answer>) {
            underWay -= 1
            switch result {
            case .answered: mayHaveArrived = true
            case .notSent(let error): problems[attempt.member] = "\(error)"
            case .unknown(let error):
                mayHaveArrived = true
                problems[attempt.member] = "\(error)"
            }
        }
    }
}
