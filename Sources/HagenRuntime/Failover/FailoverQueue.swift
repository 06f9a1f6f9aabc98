internal import NIOCore
internal import Synchronization

/// What happened and is to be handled, bounded, and without losing what nobody would say again.
///
/// Outcomes of what the engine itself began (writes to the store and to disk) and the request to stop are always taken: there
/// are never more of them than was begun. Of a peer only the newest greeting counts, of time only that it went on. The
/// rest is refused at a limit, and whoever said it makes up for it: a connection is made anew, the leases are read again.
final class FailoverQueue: Sendable {
    private struct State {
        var essential = CircularBuffer<FailoverInput>()
        var ordinary = CircularBuffer<FailoverInput>()
        var greetings: [String: AgentMessage] = [:]
        /// The hosts of `greetings`, the one that waits longest first.
        var greeters = CircularBuffer<String>()
        var isTimeReached = false
    }

    /// An element whenever something may have come.
    let arrivals: AsyncStream<Void>
    private let arrived: AsyncStream<Void>.Continuation
    private let state = Mutex(State())
    private let limit: Int

    /// - Parameter limit: of what is neither essential nor kept once only.
    init(limit: Int) {
        self.limit = limit
        (arrivals, arrived) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// - Returns: `false` where it was not taken.
    @discardableResult func add(_ input: FailoverInput) -> Bool {
        let isTaken = state.withLock { state in
            switch input {
            case .answered, .remembered, .fenced, .gate, .hooksEnded, .stop: state.essential.append(input)
            case .time: state.isTimeReached = true
            case .heard(let message):
                // Questions and promises are few, and each counts; a greeting is made void by the next.
                guard case .greeting = message.content else {
                    guard state.ordinary.count < limit else { return false }
                    state.ordinary.append(input)
                    break
                }
                if state.greetings.updateValue(message, forKey: message.host) == nil {
                    state.greeters.append(message.host)
                }
            case .supervisor, .store, .checked, .inquired, .data:
                guard state.ordinary.count < limit else { return false }
                state.ordinary.append(input)
            }
            return true
        }
        if isTaken { arrived.yield() }
        return isTaken
    }

    /// The next to be handled, `nil` where nothing waits.
    func next() -> FailoverInput? {
        state.withLock { state in
            if let input = state.essential.popFirst() ?? state.ordinary.popFirst() { return input }
            if state.isTimeReached {
                state.isTimeReached = false
                return .time
            }
            guard let host = state.greeters.popFirst() else { return nil }
            return state.greetings.removeValue(forKey: host).map { .heard($0) }
        }
    }
}
