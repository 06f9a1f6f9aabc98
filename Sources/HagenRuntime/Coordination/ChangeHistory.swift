/// The latest changes of a store, in order, for watchers that start a little behind.
///
/// Bounded in changes and in bytes: the oldest commits are forgotten, always whole, so that a watcher never sees half of
/// one.
struct ChangeHistory: Equatable, Sendable {
    /// Every change after this revision is remembered.
    private(set) var floor: Int64
    /// The remembered ones start at `start`; those before are forgotten but not yet removed.
    private var changes: [StoreChange] = []
    private var start = 0
    private var byteCount = 0
    private let maximumCount: Int
    private let maximumByteCount: Int

    init(
        floor: Int64, maximumCount: Int = StoreLimits.rememberedChanges,
        maximumByteCount: Int = StoreLimits.rememberedByteCount
    ) {
        self.floor = floor
        self.maximumCount = maximumCount
        self.maximumByteCount = maximumByteCount
    }

    mutating func append(_ more: [StoreChange]) {
        for change in more {
            precondition(
                change.revision >= (changes.last?.revision ?? floor), "revision \(change.revision) after a newer one")
            changes.append(change)
            byteCount += Self.size(change)
        }
        while changes.count - start > maximumCount || byteCount > maximumByteCount { forgetOldestCommit() }
        if start > changes.count / 2 {
            changes.removeFirst(start)
            start = 0
        }
    }

    /// `nil` where some of them are forgotten.
    func changes(after revision: Int64, prefix: String) -> [StoreChange]? {
        guard revision >= floor else { return nil }
        var (low, high) = (start, changes.count)
        while low < high {
            let middle = (low + high) / 2
            if changes[middle].revision > revision { high = middle } else { low = middle + 1 }
        }
        return changes[low...].filter { $0.key.utf8.starts(with: prefix.utf8) }
    }

    private mutating func forgetOldestCommit() {
        guard start < changes.count else { return }
        floor = changes[start].revision
        while start < changes.count, changes[start].revision == floor {
            byteCount -= Self.size(changes[start])
            start += 1
        }
    }

    private static func size(_ change: StoreChange) -> Int { StoreState.size(change.key, change.value ?? "") }
}
