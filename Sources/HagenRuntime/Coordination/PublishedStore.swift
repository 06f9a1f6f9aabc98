internal import Synchronization

/// What a store has committed, as readers and watchers see it.
///
/// A watcher starts and a commit is published under one lock, so that a watcher misses nothing and sees nothing twice.
final class PublishedStore: Sendable {
    let storeID: String
    private let core: Mutex<Core>

    private struct Core {
        var state: StoreState
        var history: ChangeHistory
        var watchers: [Watcher] = []
        var nextWatcher: UInt64 = 0
        var isClosed = false
    }

    private struct Watcher {
        var id: UInt64
        var prefix: String
        var continuation: AsyncThrowingStream<StoreEvent, any Error>.Continuation
    }

    init(storeID: String, state: StoreState, history: ChangeHistory) {
        self.storeID = storeID
        core = Mutex(Core(state: state, history: history))
    }

    var state: StoreState { core.withLock { $0.state } }
    var watcherCount: Int { core.withLock { $0.watchers.count } }

    func read(prefix: String) throws(CoordinationError) -> StoreSnapshot {
        try StoreLimits.check(prefix: prefix)
        let state = self.state
        return StoreSnapshot(storeID: storeID, revision: state.revision, records: state.records(prefix: prefix))
    }

    /// Judges and publishes in one step, for a store without a disk.
    func commit(_ swaps: [CompareAndSwap]) throws(CoordinationError) -> CommitResult {
        try StoreLimits.check(swaps)
        let (result, slow) = try core.withLock { core throws(CoordinationError) in
            let commitID = StoreIdentity.newCommitID()
            let (outcomes, changes) = try core.state.commit(swaps, as: commitID)
            let result = CommitResult(
                storeID: storeID, revision: core.state.revision, commitID: commitID, outcomes: outcomes)
            return (result, Self.deliver(changes, &core))
        }
        Self.end(slow)
        return result
    }

    /// Makes the next state visible, once it is safe on disk.
    func publish(_ state: StoreState, _ changes: [StoreChange]) {
        let slow = core.withLock { core in
            core.state = state
            return Self.deliver(changes, &core)
        }
        Self.end(slow)
    }

    /// Every change after the revision, and the revision itself whenever `reportProgress` is called.
    ///
    /// - Throws: `compacted` when the revision is forgotten, or lies in the future of this store: it is not the store, or
    ///   not the state of it, that the watcher has seen; `refused` when there are too many watchers.
    func watch(
        prefix: String, after revision: Int64
    ) throws(CoordinationError) -> (revision: Int64, events: AsyncThrowingStream<StoreEvent, any Error>) {
        try StoreLimits.check(prefix: prefix)
        return try core.withLock { core throws(CoordinationError) in
            guard !core.isClosed else { throw .unreachable("the store is stopping") }
            guard revision <= core.state.revision else { throw .compacted(oldest: core.state.revision + 1) }
            guard let missed = core.history.changes(after: revision, prefix: prefix) else {
                throw .compacted(oldest: core.history.floor + 1)
            }
            guard core.watchers.count < StoreLimits.watchers else {
                throw .refused("the store has \(StoreLimits.watchers) watchers, and takes no more")
            }
            let id = core.nextWatcher
            core.nextWatcher += 1
            let (events, continuation) = AsyncThrowingStream.makeStream(
                of: StoreEvent.self, throwing: (any Error).self,
                bufferingPolicy: .bufferingOldest(missed.count + StoreLimits.changesPerWatcher))
            for change in missed { continuation.yield(.change(change)) }
            core.watchers.append(Watcher(id: id, prefix: prefix, continuation: continuation))
            continuation.onTermination = { [weak self] _ in self?.remove(id) }
            return (core.state.revision, events)
        }
    }

    /// Tells every watcher up to where it has seen everything, so that silence means a dead store.
    func reportProgress() {
        let slow = core.withLock { core in
            let revision = core.state.revision
            return Self.removeSlow(&core) { $0.continuation.yield(.progress(revision: revision)) }
        }
        Self.end(slow)
    }

    /// Ends all watches, and takes no new ones.
    func close() {
        let watchers = core.withLock { core in
            core.isClosed = true
            defer { core.watchers = [] }
            return core.watchers
        }
        for watcher in watchers {
            watcher.continuation.finish(throwing: CoordinationError.unreachable("the store is stopping"))
        }
    }

    private func remove(_ id: UInt64) {
        core.withLock { core in core.watchers.removeAll { $0.id == id } }
    }

    private static func deliver(_ changes: [StoreChange], _ core: inout Core) -> [Watcher] {
        guard !changes.isEmpty else { return [] }
        core.history.append(changes)
        return removeSlow(&core) { watcher in
            for change in changes where change.key.utf8.starts(with: watcher.prefix.utf8) {
                if case .dropped = watcher.continuation.yield(.change(change)) { return .dropped(.change(change)) }
            }
            return .enqueued(remaining: 0)
        }
    }

    private static func removeSlow(
        _ core: inout Core,
        _ yield: (Watcher) -> AsyncThrowingStream<StoreEvent, any Error>.Continuation.YieldResult
    ) -> [Watcher] {
        var slow: [Watcher] = []
        core.watchers.removeAll { watcher in
            guard case .dropped = yield(watcher) else { return false }
            slow.append(watcher)
            return true
        }
        return slow
    }

    /// Not under the lock: ending a stream calls back into `remove`.
    private static func end(_ slow: [Watcher]) {
        for watcher in slow {
            watcher.continuation.finish(
                throwing: CoordinationError.unreachable("the watcher fell too far behind and was ended"))
        }
    }
}

/// What a watcher is told.
enum StoreEvent: Equatable, Sendable {
    case change(StoreChange)
    /// Every change up to this revision has been told.
    case progress(revision: Int64)
}
