/// A store that lives as long as the object: for tests, and the measure of the durable one.
package final class InMemoryStore: CoordinationStore {
    private let published: PublishedStore

    /// - Parameter rememberedChanges: how many changes watchers may lie behind.
    package init(
        storeID: String? = nil, rememberedChanges: Int = StoreLimits.rememberedChanges
    ) {
        published = PublishedStore(
            storeID: storeID ?? StoreIdentity.random(), state: StoreState(),
            history: ChangeHistory(floor: 0, maximumCount: rememberedChanges))
    }

    package func read(prefix: String) async throws -> StoreSnapshot { try published.read(prefix: prefix) }

    package func commit(_ swaps: [CompareAndSwap]) async throws -> CommitResult { try published.commit(swaps) }

    package func watch(prefix: String, after revision: Int64) -> AsyncThrowingStream<StoreChange, any Error> {
        published.changes(prefix: prefix, after: revision)
    }
}

extension PublishedStore {
    /// The changes alone; a watch that cannot start throws when the first is asked for.
    func changes(prefix: String, after revision: Int64) -> AsyncThrowingStream<StoreChange, any Error> {
        let started = Result { try watch(prefix: prefix, after: revision) }
        guard case .success(let watch) = started else {
            return AsyncThrowingStream {
                _ = try started.get(); return nil
            }
        }
        let events = watch.events
        return AsyncThrowingStream {
            for try await case .change(let change) in events { return change }
            return nil
        }
    }
}
