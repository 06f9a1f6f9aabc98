package import Hagen

/// How the members of a cluster with data keep copies, and who may be promoted with them.
package enum ReplicationPolicy: Codable, Equatable, Sendable {
    /// A write is acknowledged when so many standbys have it, at least 1.
    case synchronous(acknowledgements: Int, onDegraded: Model.Replication.Degraded)
    /// A write is acknowledged when the primary has it. A replica that is further behind the primary's last published
    /// position than this, in bytes, is not promoted.
    case asynchronous(maximumLagInBytes: UInt64)

    /// - Returns: `nil` for a cluster with several primaries, which decides by itself, and where the declared lag
    ///   makes no sense; the compiler's rules say why.
    package init?(_ replication: Model.Replication) {
        guard replication.style == .primaryReplica else { return nil }
        switch replication.mode {
        case .synchronous:
            let count = replication.acknowledgements ?? 1
            guard count >= 1 else { return nil }
            self = .synchronous(acknowledgements: count, onDegraded: replication.onDegraded ?? .block)
        case .asynchronous:
            guard let lag = replication.maximumLag, lag.bytes >= 0 else { return nil }
            self = .asynchronous(maximumLagInBytes: UInt64(lag.bytes))
        }
    }

    package var isSynchronous: Bool { if case .synchronous = self { true } else { false } }
}

/// Whom a primary waits for before it acknowledges a write.
package struct SynchronousSet: Codable, Hashable, Sendable {
    /// The primary that waits: it has every write that it acknowledged.
    package var primary: String
    /// Sorted, each once.
    package var standbys: [String]
    /// How many of them; 0: it waits for nobody, and what it acknowledges is on the primary alone.
    package var acknowledgements: Int

    package init(primary: String, standbys: [String], acknowledgements: Int) {
        self.primary = primary
        self.standbys = Set(standbys).sorted()
        self.acknowledgements = max(acknowledgements, 0)
    }

    /// Rule 11: how many of the standbys have to report for one of them to have every acknowledged write; `nil`: no
    /// number of them is enough.
    package var neededReports: Int? {
        guard acknowledgements >= 1, acknowledgements <= standbys.count else { return nil }
        return standbys.count - acknowledgements + 1
    }

    /// Whether these hosts together have every write that was acknowledged under this set.
    package func isCovered(by hosts: Set<String>) -> Bool {
        if hosts.contains(primary) { return true }
        guard let neededReports else { return false }
        return standbys.count { hosts.contains($0) } >= neededReports
    }

    /// Whether whatever is known of writes under this set holds of those under the other, too: the server that waits
    /// for `other` acknowledges nothing that this set would not.
    package func isAsWide(as other: Self) -> Bool {
        primary == other.primary && Set(standbys).isSuperset(of: other.standbys)
            && acknowledgements <= other.acknowledgements
    }

    package var text: String {
        acknowledgements == 0
            ? "nobody" : "any \(acknowledgements) of \(standbys.isEmpty ? "none" : standbys.joined(separator: ", "))"
    }
}
