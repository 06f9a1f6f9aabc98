/// What a member keeps durably of the leases it saw, so that a store that lost its past cannot hand out an epoch twice.
package struct LeaseMemory: Codable, Equatable, Sendable {
    package var storeID: String
    /// The highest epoch seen in the lease's record; at least 1.
    package var epoch: UInt64
    /// The highest revision of the store that was known when this was written; the store may be far ahead.
    package var revision: Int64
    /// Why the store is not trusted any more, in words: it was seen to have lost some of its past. Only a person ends it, by
    /// removing what the members remember.
    package var hold: String?

    package init(storeID: String, epoch: UInt64, revision: Int64, hold: String? = nil) {
        self.storeID = storeID
        self.epoch = epoch
        self.revision = revision
        self.hold = hold
    }
}

/// The lease's record as the store showed it.
package enum LeaseValue: Equatable, Sendable {
    case absent
    case record(LeaseRecord, revision: Int64)
    /// There is something under the key, but no record of a lease.
    case unreadable(revision: Int64)

    /// What a swap would have to compare with; 0 where the key is absent.
    package var revision: Int64 {
        switch self {
        case .absent: 0
        case .record(_, let revision), .unreadable(let revision): revision
        }
    }

    package var record: LeaseRecord? {
        if case .record(let record, _) = self { record } else { nil }
    }
}

/// The answer to a linearizable read.
package struct LeaseReading: Equatable, Sendable {
    package var storeID: String
    package var revision: Int64
    /// The highest revision that the member knew when it asked. An answer below it comes from a store that went back.
    package var floor: Int64
    package var value: LeaseValue

    package init(storeID: String, revision: Int64, floor: Int64, value: LeaseValue) {
        self.storeID = storeID
        self.revision = revision
        self.floor = floor
        self.value = value
    }
}
