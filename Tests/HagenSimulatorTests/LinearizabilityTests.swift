import HagenSimulator
import Testing

/// Goal: the checker accepts histories that have an order, and refuses those that have none.
@Suite struct LinearizabilityTests {
    private func write(_ value: Int, _ call: Int64, _ end: Int64?) -> RegisterOperation {
        RegisterOperation(call: call, end: end, .write(value))
    }
    private func read(_ value: Int, _ call: Int64, _ end: Int64) -> RegisterOperation {
        RegisterOperation(call: call, end: end, .read(value))
    }

    @Test func emptyAndSequential() {
        #expect(Linearizability.holds(for: []))
        #expect(Linearizability.holds(for: [read(0, 0, 1), write(1, 2, 3), read(1, 4, 5)]))
        #expect(!Linearizability.holds(for: [read(1, 0, 1)]))
        #expect(!Linearizability.holds(for: [write(1, 0, 1), read(0, 2, 3)]))
    }

    @Test func overlappingReadsMayDisagreeInOneOrderOnly() {
        // While a write is under way, the old value may be read, then the new one, but not the other way round.
        #expect(Linearizability.holds(for: [write(1, 0, 10), read(0, 1, 2), read(1, 3, 4)]))
        #expect(!Linearizability.holds(for: [write(1, 0, 10), read(1, 1, 2), read(0, 3, 4)]))
        #expect(Linearizability.holds(for: [write(1, 0, 10), read(1, 1, 5), read(0, 3, 8)]))
    }

    @Test func concurrentWritesHaveOneOrderForAll() {
        #expect(Linearizability.holds(for: [write(1, 0, 5), write(2, 0, 5), read(1, 6, 7), read(1, 8, 9)]))
        #expect(!Linearizability.holds(for: [write(1, 0, 5), write(2, 0, 5), read(1, 6, 7), read(2, 8, 9)]))
        #expect(Linearizability.holds(for: [write(1, 0, 9), write(2, 0, 5), read(2, 6, 7), read(1, 8, 9)]))
    }

    /// A write whose client never heard of it may happen late, or never, but only once.
    @Test func unknownOutcomes() {
        #expect(Linearizability.holds(for: [write(1, 0, nil), read(0, 1, 2), read(1, 50, 60)]))
        #expect(Linearizability.holds(for: [write(1, 0, nil), read(0, 1, 2)]))
        #expect(!Linearizability.holds(for: [write(1, 5, nil), read(1, 1, 2)]))
        #expect(!Linearizability.holds(for: [write(1, 0, nil), read(1, 1, 2), write(2, 3, 4), read(1, 5, 6)]))
        #expect(Linearizability.holds(for: [write(1, 0, nil), write(2, 3, 4), read(2, 5, 6), read(1, 7, 8)]))
    }

    /// A long history is judged in time that grows with its length, not with the number of its orders.
    @Test func longHistories() {
        var history: [RegisterOperation] = []
        for index in 0..<1500 {
            let moment = Int64(index) * 10
            history.append(write(index + 1, moment, moment + 25))
            history.append(read(index + 1, moment + 20, moment + 29))
        }
        #expect(Linearizability.holds(for: history))
        history.append(read(3, 1_000_000, 1_000_001))
        #expect(!Linearizability.holds(for: history))
    }
}
