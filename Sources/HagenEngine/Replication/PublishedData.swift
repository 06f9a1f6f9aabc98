package import Hagen

/// What the lease's record says of a cluster's data: the primary's last word, which outlives it.
///
/// Renewals carry it, so it costs no writes of its own. An acquisition carries it over unchanged: whoever acquires a lease has
/// not been promoted yet, and what has to be proved for it is said here.
package struct PublishedData: Codable, Equatable, Sendable {
    /// Who is, or was, the primary.
    package var primary: String
    /// The epoch in which it was promoted.
    package var epoch: UInt64
    /// How far its log was when it wrote this; at most one renewal old while it is the primary.
    package var position: ReplicationPosition
    /// Synchronous replication: the sets that writes may have been acknowledged under and whose writes are not yet known to
    /// be under the next. Every one of them has to be covered; while a set is changed both stand here. Empty: asynchronous.
    package var sets: [SynchronousSet]
    /// By the primary's clock, for people; nothing is decided by it.
    package var publishedAt: WallTime?
    /// The last promotion lost data by a person's order: whose, in words.
    package var forcedBy: String?

    /// More would mean that the set was changed again and again without being confirmed: nobody is promoted then.
    package static let maximumSets = 8

    package init(
        primary: String, epoch: UInt64, position: ReplicationPosition, sets: [SynchronousSet] = [],
        publishedAt: WallTime? = nil
    ) {
        self.primary = primary
        self.epoch = epoch
        self.position = position
        self.sets = sets
        self.publishedAt = publishedAt
    }
}
