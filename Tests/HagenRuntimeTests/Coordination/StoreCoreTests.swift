import Foundation
import Hagen
import Synchronization
import Testing

@testable import HagenRuntime

/// Goal: the store's memory of changes is bounded and honest about it, and its watchers cannot hold it up.
@Suite struct StoreCoreTests {
    @Test func theHistoryForgetsWholeCommitsOnly() {
        var history = ChangeHistory(floor: 10, maximumCount: 5)
        func commit(_ revision: Int64, _ count: Int) {
            history.append((0..<count).map { StoreChange(key: "/\($0)", value: "x", revision: revision) })
        }
        commit(11, 3)
        commit(12, 2)
        #expect(history.changes(after: 10, prefix: "")?.count == 5)
        #expect(history.changes(after: 9, prefix: "") == nil)
        commit(13, 1)
        #expect(history.floor == 11)
        #expect(history.changes(after: 10, prefix: "") == nil)
        #expect(history.changes(after: 11, prefix: "")?.map(\.revision) == [12, 12, 13])
        #expect(history.changes(after: 12, prefix: "/1")?.count == 0)
        #expect(history.changes(after: 13, prefix: "")?.count == 0)
        // One commit that is larger than all of the memory is forgotten at once.
        commit(14, 9)
        #expect(history.floor == 14)
        #expect(history.changes(after: 14, prefix: "") == [])
    }

    @Test func theHistoryIsBoundedInBytes() {
        var history = ChangeHistory(floor: 0, maximumByteCount: 1_000)
        for revision in Int64(1)...100 {
            history.append([StoreChange(key: "/k", value: String(repeating: "v", count: 98), revision: revision)])
        }
        #expect(history.floor == 90)
        #expect(history.changes(after: 90, prefix: "")?.count == 10)
    }

    @Test func aFullStoreRefusesWhatGrowsItAndTakesTheRest() throws {
        var state = StoreState(
            revision: 5, records: (0..<StoreLimits.records).map { StoreRecord(key: "/\($0)", value: "x", revision: 5) })
        #expect(throws: CoordinationError.self) {
            try state.commit([CompareAndSwap(key: "/new", expected: 0, value: "x")], as: "c")
        }
        #expect(state.revision == 5)
        _ = try state.commit([CompareAndSwap(key: "/1", expected: 5, value: "longer")], as: "c")
        _ = try state.commit(
            [
                CompareAndSwap(key: "/2", expected: 5, value: nil),
                CompareAndSwap(key: "/new", expected: 0, value: "x"),
            ], as: "d")
        #expect(state.revision == 7)
        #expect(state.count == StoreLimits.records)
    }

    @Test func aSlowWatcherIsEndedAndTheOthersGoOn() async throws {
        let store = PublishedStore(storeID: "s", state: StoreState(), history: ChangeHistory(floor: 0))
        let slow = try store.watch(prefix: "", after: 0).events
        let other = try store.watch(prefix: "/other", after: 0).events
        var revision: Int64 = 0
        for number in 0...StoreLimits.changesPerWatcher {
            let result = try store.commit([CompareAndSwap(key: "/k", expected: revision, value: "\(number)")])
            revision = result.revision
        }
        #expect(store.watcherCount == 1)
        let seen = Mutex(0)
        let error = await #expect(throws: CoordinationError.self) {
            for try await _ in slow { seen.withLock { $0 += 1 } }
        }
        #expect(seen.withLock { $0 } == StoreLimits.changesPerWatcher)
        guard case .unreachable = error else {
            Issue.record("ended with \(String(describing: error))")
            return
        }
        store.reportProgress()
        let progress = try await collect(other) { $0.count == 1 }
        #expect(progress == [.progress(revision: revision)])
    }

    @Test func tooManyWatchersAreRefusedAndAnEndedOneMakesRoom() throws {
        let store = PublishedStore(storeID: "s", state: StoreState(), history: ChangeHistory(floor: 0))
        var watches: [AsyncThrowingStream<StoreEvent, any Error>] = []
        for _ in 0..<StoreLimits.watchers { watches.append(try store.watch(prefix: "", after: 0).events) }
        #expect(throws: CoordinationError.self) { try store.watch(prefix: "", after: 0) }
        watches.removeLast()
        #expect(store.watcherCount == StoreLimits.watchers - 1)
        watches.append(try store.watch(prefix: "", after: 0).events)
    }
}
