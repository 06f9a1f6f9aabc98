import Hagen
import HagenEngine
import Synchronization
import Testing

@testable import HagenRuntime

/// Goal: what nobody would say again is never lost, and one that talks too much displaces nobody.
@Suite struct FailoverQueueTests {
    @Test func essentialInputsAreNeverDropped() {
        let queue = FailoverQueue(limit: 2)
        for _ in 0..<2 { #expect(queue.add(.checked(0, run: 1, .passed("ok")))) }
        #expect(!queue.add(.checked(0, run: 1, .passed("ok"))))
        #expect(queue.add(.answered(CommitAnswer(writes: []))))
        #expect(queue.add(.remembered(0, LeaseMemory(storeID: "s", epoch: 1, revision: 1), problem: nil)))
        #expect(queue.add(.stop))
        #expect(drained(queue) == ["answered", "remembered", "stop", "checked", "checked"])
    }

    @Test func newestGreetingOfEachPeerCounts() {
        let queue = FailoverQueue(limit: 1)
        for number in 0..<10_000 {
            let greeting = Greeting(cluster: "c", isReady: true, epoch: UInt64(number))
            queue.add(.heard(AgentMessage(topology: "t", host: "b", content: .greeting([greeting]))))
            queue.add(.time)
        }
        queue.add(.heard(AgentMessage(topology: "t", host: "c", content: .greeting([]))))
        #expect(drained(queue) == ["time", "greeting of b: [9999]", "greeting of c: []"])
    }

    private func drained(_ queue: FailoverQueue) -> [String] {
        var found: [String] = []
        while let input = queue.next() {
            switch input {
            case .answered: found.append("answered")
            case .remembered: found.append("remembered")
            case .stop: found.append("stop")
            case .time: found.append("time")
            case .checked: found.append("checked")
            case .heard(let message):
                guard case .greeting(let greetings) = message.content else { continue }
                found.append("greeting of \(message.host): \(greetings.map(\.epoch))")
            case .supervisor, .store, .fenced, .gate, .hooksEnded, .inquired, .data: found.append("other")
            }
        }
        return found
    }
}

/// Goal: each request for a fresh read is followed, also after the watch has failed.
@Suite(.timeLimit(.minutes(1))) struct StoreFeedTests {
    @Test func requestsAreFollowedAfterFailures() async throws {
        let store = RestartedStore()
        let restart = WakeUp()
        let reads = Mutex(0)
        let feed = StoreFeed(
            store: store, prefix: "leases/", floors: { [] },
            deliver: { news in
                if case .read = news { reads.withLock { $0 += 1 } }
                return true
            }, restart: restart)
        try await running({ await feed.run() }) {
            // The first two watches end at once, as when the store is restarted.
            try await within(.seconds(10)) {
                while reads.withLock({ $0 }) < 3 { try await Task.sleep(for: .milliseconds(2)) }
            }
            for wanted in 4...6 {
                try await within(.seconds(10)) {
                    while reads.withLock({ $0 }) < wanted {
                        restart.signal()
                        try await Task.sleep(for: .milliseconds(2))
                    }
                }
            }
        }
    }
}

/// A store whose first two watches fail; the later ones stay silent.
private final class RestartedStore: CoordinationStore {
    private let watches = Mutex(0)

    func read(prefix: String) async throws -> StoreSnapshot { StoreSnapshot(storeID: "s", revision: 1, records: []) }

    func commit(_ swaps: [CompareAndSwap]) async throws -> CommitResult {
        CommitResult(storeID: "s", revision: 1, commitID: "c", outcomes: [])
    }

    func watch(prefix: String, after revision: Int64) -> AsyncThrowingStream<StoreChange, any Error> {
        let number = watches.withLock { watches in
            watches += 1
            return watches
        }
        return AsyncThrowingStream { continuation in
            if number <= 2 { continuation.finish(throwing: CoordinationError.unreachable("restarted")) }
        }
    }
}
