/// One thing that an agent decided or saw: a line of the log that a person reads after a bad night.
package struct EngineEvent: Codable, Equatable, Sendable {
    /// Grows by one with each event of its host, over restarts of the agent too.
    package var number: UInt64
    package var time: WallTime
    package var host: String
    /// `nil`: it concerns the whole host.
    package var cluster: String?
    /// 0 where no epoch is concerned.
    package var epoch: UInt64
    package var kind: EventKind
    /// What was decided and why, in words for a person.
    package var words: String
    /// What was known of the lease and of the other members then, in words.
    package var evidence: String?

    package init(
        number: UInt64, time: WallTime, host: String, cluster: String?, epoch: UInt64, kind: EventKind, words: String,
        evidence: String?
    ) {
        self.number = number
        self.time = time
        self.host = host
        self.cluster = cluster
        self.epoch = epoch
        self.kind = kind
        self.words = words
        self.evidence = evidence
    }
}

/// What kind of thing happened. The names are stable: other programs may look for them.
package enum EventKind: String, Codable, Equatable, Sendable, CaseIterable {
    // The agent.
    case started, stopping
    // The lease.
    case watching, acquiring, acquired, active, adopted, released, expired, lost, held, trusted
    // The workload.
    case workloadEnded = "workload-ended"
    case workloadKilled = "workload-killed"
    case checkFailed = "check-failed"
    case stopped
    // The store is lost and every member promises to wait, or it is back.
    case failsafeBegun = "failsafe-begun"
    case failsafeEnded = "failsafe-ended"
    // Orders of people, and what is done without one.
    case handover
    case refused
    case paused, resumed, drained, undrained
    case orderVoid = "order-void"
    // Data: promoted by force; writes are confirmed by fewer standbys than declared, or by enough again.
    case forced
    case exposed
    case protected
    // Other members.
    case suspected, fencing, fenced
    case fencingFailed = "fencing-failed"
    // What the agent sees of the world.
    case gate
    case storeLost = "store-lost"
    case storeReached = "store-reached"
    case supervisorLost = "supervisor-lost"
    case supervisorKilled = "supervisor-killed"
    case hookFailed = "hook-failed"
    case addressDuplicate = "address-duplicate"
    /// Worth telling, and of no other kind.
    case noted
}

/// Which events an agent is asked for.
package struct EventQuery: Codable, Equatable, Sendable {
    package static let maximumLimit = 2000
    /// `nil`: of every cluster, and of the host itself.
    package var cluster: String?
    package var since: WallTime?
    /// Only those with a higher number.
    package var after: UInt64?
    /// The newest, at most so many.
    package var limit: Int

    package init(cluster: String? = nil, since: WallTime? = nil, after: UInt64? = nil, limit: Int = maximumLimit) {
        self.cluster = cluster
        self.since = since
        self.after = after
        self.limit = limit
    }

    package func matches(_ event: EngineEvent) -> Bool {
        (cluster.map { $0 == event.cluster } ?? true) && (since.map { $0 <= event.time } ?? true)
            && (after.map { $0 < event.number } ?? true)
    }
}
