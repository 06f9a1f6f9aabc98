internal import HagenEngine

/// Which commit wrote the latest records of a lease that this agent knows: a machine names a record by its nonce, the
/// store compares the commit.
struct LeaseCommits: Sendable {
    /// A record that is to be replaced is the last one or the last but few that were seen.
    static let maximumCount = 8
    private var entries: [(nonce: UInt64, commitID: String)] = []

    mutating func saw(_ value: LeaseValue, commitID: String?) {
        guard let nonce = value.record?.nonce, let commitID else { return }
        saw(nonce: nonce, commitID: commitID)
    }

    mutating func saw(nonce: UInt64, commitID: String) {
        entries.removeAll { $0.nonce == nonce }
        if entries.count == Self.maximumCount { entries.removeFirst() }
        entries.append((nonce, commitID))
    }

    /// `nil` where the record was not seen, or a stranger wrote it.
    subscript(nonce: UInt64?) -> String? {
        entries.last { $0.nonce == nonce }?.commitID
    }
}
