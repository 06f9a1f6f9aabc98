internal import Hagen

/// The value of a lease in the store: who may be active, and as which holder in a row.
///
/// An active-passive cluster has one lease, under `leases/CLUSTER`. In an active-active cluster every member has one of
/// its own, under `leases/CLUSTER/HOST`, that nobody else takes: it only bounds how long the member acts unseen.
package struct LeaseRecord: Codable, Equatable, Sendable {
    /// The host that holds it, or held it last.
    package var holder: String
    /// Grows by at least one with each acquisition: the fencing token.
    package var epoch: UInt64
    /// Chosen at random for each write, so that a writer that never saw the answer can recognise its own record.
    package var nonce: UInt64
    /// The lease duration of the writer; a watcher waits for the longer of this and its own.
    package var durationInNanoseconds: Int64
    /// The holder has proved that it acts no more: nobody needs to wait.
    package var released: Bool
    /// The host that the holder released it to, if it chose one; others wait a moment for that host.
    package var successor: String?
    /// Who may replace the record while it is not released, sorted: the holder asks all of them when the store is lost
    /// (rule 13), so whoever it does not know of has to wait until it does.
    package var members: [String]
    /// A cluster with data: the last word of its primary. Absent in records of older agents.
    package var data: PublishedData?

    package init(
        holder: String, epoch: UInt64, nonce: UInt64, duration: Duration, released: Bool = false,
        successor: String? = nil, members: [String] = [], data: PublishedData? = nil
    ) {
        self.holder = holder
        self.epoch = epoch
        self.nonce = nonce
        durationInNanoseconds = duration.nanoseconds
        self.released = released
        self.successor = successor
        self.members = members
        self.data = data
    }
}

/// The keys of leases, below the topology's prefix.
package enum LeaseKey {
    package static let prefix = "leases/"

    /// - Parameter host: the member's host in an active-active cluster, else `nil`.
    package static func of(cluster: String, host: String? = nil) -> String {
        host.map { "\(prefix)\(cluster)/\($0)" } ?? "\(prefix)\(cluster)"
    }
}
