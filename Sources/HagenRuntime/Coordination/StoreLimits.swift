/// What a store takes. Every conformer refuses what breaks these, so that none can be filled or kept busy without end.
package enum StoreLimits {
    package static let swapsPerCommit = 128
    package static let keyByteCount = 512
    package static let valueByteCount = 64 << 10
    package static let records = 10_000
    /// Of all keys and values together.
    package static let totalByteCount = 64 << 20
    /// Changes that are remembered for watchers, and their keys' and values' bytes.
    package static let rememberedChanges = 10_000
    package static let rememberedByteCount = 32 << 20
    package static let watchers = 256
    /// Changes that wait for one watcher; a slower one is ended.
    package static let changesPerWatcher = 1_024

    /// - Throws: `CoordinationError.refused`, which names the swap and the limit.
    static func check(_ swaps: [CompareAndSwap]) throws(CoordinationError) {
        guard swaps.count <= swapsPerCommit else {
            throw .refused("a commit has at most \(swapsPerCommit) swaps, not \(swaps.count)")
        }
        var keys: Set<String> = []
        for swap in swaps {
            let length = swap.key.utf8.count
            guard (1...keyByteCount).contains(length) else {
                throw .refused("a key has 1 to \(keyByteCount) bytes, not \(length)")
            }
            guard swap.expected >= 0 else {
                throw .refused("'\(swap.key)' expects the negative revision \(swap.expected)")
            }
            if let bytes = swap.value?.utf8.count, bytes > valueByteCount {
                throw .refused(
                    "the value of '\(swap.key)' has \(bytes) bytes, but at most \(valueByteCount) are stored")
            }
            guard keys.insert(swap.key).inserted else { throw .refused("'\(swap.key)' stands in the commit twice") }
        }
    }

    static func check(prefix: String) throws(CoordinationError) {
        guard prefix.utf8.count <= keyByteCount else {
            throw .refused("a prefix has at most \(keyByteCount) bytes, not \(prefix.utf8.count)")
        }
    }
}
