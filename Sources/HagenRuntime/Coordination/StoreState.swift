/// The records of a store and its revision: the pure core that every conformer of our own shares.
struct StoreState: Equatable, Sendable {
    private(set) var revision: Int64
    private(set) var byteCount: Int
    private var records: [String: StoreRecord]

    init() {
        self.revision = 0
        self.byteCount = 0
        self.records = [:]
    }

    /// A state as it was stored: keys differ, and no record is newer than the revision.
    init(revision: Int64, records: [StoreRecord]) {
        self.revision = revision
        self.records = Dictionary(uniqueKeysWithValues: records.map { ($0.key, $0) })
        byteCount = records.reduce(0) { $0 + Self.size($1.key, $1.value) }
        let newest = records.map(\.revision).max() ?? 0
        precondition(newest <= revision, "a record of revision \(newest) in a store of revision \(revision)")
    }

    var count: Int { records.count }

    /// Sorted by key.
    func records(prefix: String) -> [StoreRecord] {
        records.values.filter { $0.key.utf8.starts(with: prefix.utf8) }.sorted { $0.key < $1.key }
    }

    /// Judges each swap on its own and performs those that hold under one new revision. The revision stays where
    /// nothing changes.
    ///
    /// - Parameter commitID: what the records say that are written; see `StoreRecord.commitID`.
    /// - Returns: an outcome for each swap, and what changed, in the order of the swaps.
    /// - Throws: `CoordinationError.refused` when the store would grow beyond its limits; nothing changed then.
    mutating func commit(
        _ swaps: [CompareAndSwap], as commitID: String
    ) throws(CoordinationError) -> (outcomes: [CommitResult.Outcome], changes: [StoreChange]) {
        let holds = swaps.map { swap in
            let record = records[swap.key]
            let isSame = swap.expectedCommitID == nil || swap.expectedCommitID == record?.commitID
            return swap.expected == record?.revision ?? 0 && isSame
        }
        let changes = zip(swaps, holds).compactMap { swap, holds -> StoreChange? in
            // To remove an absent key changes nothing.
            guard holds, swap.value != nil || swap.expected > 0 else { return nil }
            return StoreChange(
                key: swap.key, value: swap.value, revision: revision + 1, commitID: swap.value.map { _ in commitID })
        }
        try checkGrowth(changes)
        apply(changes)
        let outcomes = zip(swaps, holds).map { swap, holds -> CommitResult.Outcome in
            holds ? .committed(revision: revision) : .conflict(current: records[swap.key])
        }
        return (outcomes, changes)
    }

    private mutating func apply(_ changes: [StoreChange]) {
        guard let next = changes.first?.revision else { return }
        precondition(next == revision + 1, "a change of revision \(next) after revision \(revision)")
        revision = next
        for change in changes {
            if let old = records[change.key] { byteCount -= Self.size(old.key, old.value) }
            records[change.key] = change.value.map {
                StoreRecord(key: change.key, value: $0, revision: change.revision, commitID: change.commitID)
            }
            byteCount += change.value.map { Self.size(change.key, $0) } ?? 0
        }
    }

    private func checkGrowth(_ changes: [StoreChange]) throws(CoordinationError) {
        var (keys, bytes) = (0, 0)
        for change in changes {
            if let old = records[change.key] {
                keys -= 1
                bytes -= Self.size(old.key, old.value)
            }
            if let value = change.value {
                keys += 1
                bytes += Self.size(change.key, value)
            }
        }
        if keys > 0, records.count + keys > StoreLimits.records {
            throw .refused("the store is full: it holds at most \(StoreLimits.records) records")
        }
        if bytes > 0, byteCount + bytes > StoreLimits.totalByteCount {
            throw .refused("the store is full: it holds at most \(StoreLimits.totalByteCount) bytes")
        }
    }

    static func size(_ key: String, _ value: String) -> Int { key.utf8.count + value.utf8.count }
}
