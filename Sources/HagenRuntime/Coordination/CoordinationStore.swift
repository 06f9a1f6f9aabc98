/// What the failover engine needs of a store: compare-and-swap, watch and a revision.
///
/// Every conformer passes the same contract suite. The store has one revision counter; each commit that changes
/// anything increases it by one, and a record remembers the revision of its last write. Calls throw
/// `CoordinationError`; a thrown `commit` may or may not have happened.
package protocol CoordinationStore: Sendable {
    /// A linearizable read of all records whose key starts with the prefix, sorted by key.
    func read(prefix: String) async throws -> StoreSnapshot

    /// Performs the swaps in one durable, atomic commit. Each is judged on its own: one that conflicts changes nothing
    /// and does not keep the others from being committed. At most 128, each key at most once.
    func commit(_ swaps: [CompareAndSwap]) async throws -> CommitResult

    /// Every change after that revision to keys with the prefix, in order and without gaps, until the consumer stops.
    /// Ends with `CoordinationError.compacted` where the store no longer remembers so far back: read anew.
    func watch(prefix: String, after revision: Int64) -> AsyncThrowingStream<StoreChange, any Error>

    /// What is to be found out about the store beside its use, and may take its time; returns when there is nothing left
    /// to do, or when it is cancelled.
    func inspect() async
}

extension CoordinationStore {
    package func inspect() async {}
}

package struct StoreRecord: Codable, Equatable, Sendable {
    package var key: String
    package var value: String
    /// Of the last write to the key; at least 1.
    package var revision: Int64
    /// Made at random for the commit that wrote it. A store that was put back from an older copy gives a revision a
    /// second time: two records of one revision differ in it. `nil` where a stranger wrote the record.
    package var commitID: String?

    package init(key: String, value: String, revision: Int64, commitID: String? = nil) {
        self.key = key
        self.value = value
        self.revision = revision
        self.commitID = commitID
    }
}

package struct StoreSnapshot: Codable, Equatable, Sendable {
    /// Made at random when the store was created; another one is another store.
    package var storeID: String
    package var revision: Int64
    package var records: [StoreRecord]

    package init(storeID: String, revision: Int64, records: [StoreRecord]) {
        self.storeID = storeID
        self.revision = revision
        self.records = records
    }
}

package struct CompareAndSwap: Codable, Equatable, Sendable {
    /// Up to 512 bytes.
    package var key: String
    /// The revision that the key's record must have; 0: the key must be absent.
    package var expected: Int64
    /// The commit that wrote that record; `nil`: the revision alone is compared.
    package var expectedCommitID: String?
    /// The new value, up to 64 KiB; `nil` removes the key.
    package var value: String?

    package init(key: String, expected: Int64, commitID: String? = nil, value: String?) {
        self.key = key
        self.expected = expected
        expectedCommitID = commitID
        self.value = value
    }
}

package struct CommitResult: Codable, Equatable, Sendable {
    package enum Outcome: Codable, Equatable, Sendable {
        case committed(revision: Int64)
        /// The record as it is, `nil` where the key is absent.
        case conflict(current: StoreRecord?)
    }
    package var storeID: String
    package var revision: Int64
    /// What the records say that it wrote; see `StoreRecord.commitID`. `nil` from a store of an earlier release.
    package var commitID: String?
    /// In the order of the swaps.
    package var outcomes: [Outcome]

    package init(storeID: String, revision: Int64, commitID: String?, outcomes: [Outcome]) {
        self.storeID = storeID
        self.revision = revision
        self.commitID = commitID
        self.outcomes = outcomes
    }
}

/// What happened to one key in one commit.
package struct StoreChange: Codable, Equatable, Sendable {
    package var key: String
    /// `nil`: the key was removed.
    package var value: String?
    package var revision: Int64
    /// See `StoreRecord.commitID`.
    package var commitID: String?

    package init(key: String, value: String?, revision: Int64, commitID: String? = nil) {
        self.key = key
        self.value = value
        self.revision = revision
        self.commitID = commitID
    }
}

package enum CoordinationError: Error, Equatable, CustomStringConvertible {
    /// No answer, or none that can be understood, from any endpoint.
    case unreachable(String)
    /// The store's memory of changes starts at this revision.
    case compacted(oldest: Int64)
    /// The request breaks a limit of the store.
    case refused(String)

    package var description: String {
        switch self {
        case .unreachable(let reason): "the store cannot be reached: \(reason)"
        case .compacted(let oldest): "the store has forgotten the changes before revision \(oldest)"
        case .refused(let reason): "the store refused the request: \(reason)"
        }
    }
}
