package import Hagen

/// How many parts must be there, for the effects of a loss and for the expected availability alike.

extension Model.Cluster {
    /// How many members must be healthy for the cluster to serve what it promises: `minimumHealthy`, and at least one;
    /// with synchronous replication that blocks (which it does unless the topology says `continue`) at least one more
    /// than the standbys that must acknowledge a write.
    package var requiredMembers: Int {
        max(minimumHealthy ?? 1, membersThatWritesNeed, 1)
    }

    /// The primary and the standbys that must acknowledge what it writes.
    package var membersThatWritesNeed: Int {
        guard let replication, replication.mode == .synchronous, replication.onDegraded != .continue else { return 1 }
        // Nobody can acknowledge a number that no cluster has; rules report it.
        return 1 + min(max(replication.acknowledgements ?? 1, 1), Self.memberCounts.upperBound)
    }
}

/// How many of the store's members must be there for it to work: more than half.
package func storeQuorum(of count: Int) -> Int { count / 2 + 1 }

extension Model.Balancer {
    /// How long its virtual IP takes, at most, from a host that is lost to another one that listens: the default lease.
    package static var addressMove: Duration { Defaults.lease.duration }
}
