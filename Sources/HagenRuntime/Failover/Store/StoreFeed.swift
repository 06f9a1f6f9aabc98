internal import HagenEngine

/// Reads what stands below the topology's prefix (leases, orders) and then watches it, again and again.
struct StoreFeed: Sendable {
    enum News: Sendable {
        /// `floors`: the highest revision that each member knew when the read was sent.
        case read(StoreSnapshot, floors: [Int64])
        case changed(StoreChange)
        case lost(String)
    }
    static let readTimeout: Duration = .seconds(2)
    static let retryDelay: Duration = .milliseconds(100)

    let store: any CoordinationStore
    let prefix: String
    let floors: @Sendable () async -> [Int64]
    /// `false`: the news could not be taken, so that a read has to make up for it.
    let deliver: @Sendable (News) -> Bool
    /// Signalled when the watch seems to have missed something: a fresh read makes up for it.
    let restart: WakeUp

    /// Until it is cancelled.
    func run() async {
        while !Task.isCancelled {
            do {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await follow() }
                    group.addTask { await restart.wait(until: .now + .seconds(86_400)) }
                    defer { group.cancelAll() }
                    try await group.next()
                }
            } catch is CancellationError {
            } catch {
                _ = deliver(.lost("\(error)"))
                try? await Task.sleep(for: Self.retryDelay)
            }
        }
    }

    private func follow() async throws {
        let floors = await floors()
        let snapshot = try await withDeadline(Self.readTimeout) { [store, prefix] in
            try await store.read(prefix: prefix)
        }
        guard deliver(.read(snapshot, floors: floors)) else { return }
        for try await change in store.watch(prefix: prefix, after: snapshot.revision) {
            guard deliver(.changed(change)) else { return }
        }
        throw CoordinationError.unreachable("the watch ended")
    }
}

extension LeaseValue {
    /// What stands under a lease's key.
    init(_ value: String?, revision: Int64) {
        guard let value else {
            self = .absent
            return
        }
        self = LeaseRecord(json: value).map { .record($0, revision: revision) } ?? .unreadable(revision: revision)
    }
}
