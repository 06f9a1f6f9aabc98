internal import Hagen

/// Rule 11: a holder of a new epoch is promoted when it has proved that it has every acknowledged write.
///
/// The intuition: nobody remembers what was acknowledged, but the record says who had to confirm it. Enough of those, having
/// stopped to confirm anything for anybody older, cannot all have missed a write.
///
/// The case that surprises: the record names the new primary before its server takes a write, and keeps the sets of the
/// old one until the new set has caught up: one that dies in between takes nothing along that only it had.
extension LeasedMember {
    struct Proof: Equatable, Sendable {
        var epoch: UInt64 = 0
        var began: Instant?
        var askedAt: Instant?
        var round: UInt64 = 0
        /// Of those who have stopped receiving from every epoch below this one.
        var reports: [String: ReplicationPosition] = [:]
        /// What the next renewal makes the store say; set once it is proved.
        var intended: PublishedData?
        var saidRefusal: String?
    }

    /// How long a holder tries to prove what it has, until it leaves the lease to others: so many leases.
    static let proofPatienceInLeases = 3
    /// Between two questions.
    static let gatherInterval: Duration = .milliseconds(100)

    /// The answer of another member. It has stopped receiving.
    package mutating func reported(
        by host: String, epoch: UInt64, round: UInt64, position: ReplicationPosition, at now: Instant
    ) -> [MemberDirective] {
        guard settings.replication != nil else { return [] }
        let directives = expire(at: now)
        if case .securing(let holding) = phase, holding.epoch == epoch, data.proof.epoch == epoch,
            settings.members.contains(host), host != settings.host, round == data.proof.round
        {
            data.proof.reports[host] = position
            data.positions[host] = position
        }
        return directives + advance(at: now)
    }

    /// - Returns: `nil`: nothing keeps the member from acting; else what is to be done first.
    mutating func prove(_ holding: Holding, at now: Instant) -> [MemberDirective]? {
        guard let policy = settings.replication else { return nil }
        if data.proof.epoch != holding.epoch {
            data.proof = Proof(epoch: holding.epoch, began: now)
            data.set = SetChange()
        }
        if let refusal = dataRefusal(at: now) {
            return giveUp(holding, because: "is not promoted: \(refusal.text)", at: now)
        }
        if isForcedIn(holding.epoch) { return publish(holding, sets: [], policy, at: now) }
        guard let published = publishedData else { return publish(holding, sets: [], policy, at: now) }
        if settings.planted == .highestTimelineWins { return takeHighestTimeline(holding, policy, at: now) }
        // Asynchronous: what is allowed to be missing is not asked for.
        guard policy.isSynchronous || !published.sets.isEmpty else { return nil }
        if published.epoch == holding.epoch { return publish(holding, sets: published.sets, policy, at: now) }
        guard let report = data.report, report.stoppedBelow >= holding.epoch, let own = report.position else {
            return gather(holding, at: now) + giveUpLater(holding, nil, at: now)
        }
        data.proof.reports[settings.host] = own
        switch Promotion.verdict(for: settings.host, reports: data.proof.reports, published: published) {
        case .promote: return publish(holding, sets: published.sets, policy, at: now)
        case .handOver(let host, let bytes):
            successor = host
            return giveUp(holding, because: "hands over to \(host), which has \(bytes) bytes more", at: now)
        case .wait(let refusal): return gather(holding, at: now) + giveUpLater(holding, refusal, at: now)
        }
    }

    /// The next moment at which a holder that has not proved what it has does something about it.
    func proofTime(_ holding: Holding) -> Instant? {
        guard settings.replication != nil, case .securing = phase, data.proof.epoch == holding.epoch,
            data.proof.intended == nil, let began = data.proof.began
        else { return nil }
        let end = began + settings.timing.duration * Self.proofPatienceInLeases
        return data.proof.askedAt.map { min($0 + Self.gatherInterval, end) } ?? end
    }

    private mutating func gather(_ holding: Holding, at now: Instant) -> [MemberDirective] {
        if let asked = data.proof.askedAt, now < asked + Self.gatherInterval { return renewIfDue(at: now) }
        data.proof.askedAt = now
        if data.proof.round == 0 { data.proof.round = nonces.next() | 1 }
        let missing = settings.members.filter { $0 != settings.host && data.proof.reports[$0] == nil }
        var directives: [MemberDirective] = []
        if data.report.map({ $0.stoppedBelow < holding.epoch }) ?? true {
            directives.append(.data(.stopReceiving(below: holding.epoch)))
        }
        if !missing.isEmpty {
            directives.append(.data(.gather(epoch: holding.epoch, round: data.proof.round, of: missing)))
        }
        return directives + renewIfDue(at: now)
    }

    private mutating func giveUpLater(
        _ holding: Holding, _ refusal: Promotion.Refusal?, at now: Instant
    ) -> [MemberDirective] {
        let words = refusal?.text ?? "it has not stopped receiving yet"
        if let began = data.proof.began, began + settings.timing.duration * Self.proofPatienceInLeases <= now {
            return giveUp(holding, because: "is not promoted: \(words)", at: now)
        }
        guard let refusal, data.proof.saidRefusal != refusal.text else { return [] }
        data.proof.saidRefusal = refusal.text
        return [decided("waits to be promoted: \(words)", epoch: holding.epoch)]
    }

    private mutating func giveUp(_ holding: Holding, because cause: String, at now: Instant) -> [MemberDirective] {
        backoff.failed(started: nil, at: now)
        if isAlive, settings.standby == .cold {
            phase = .clearing(Clearing(holding: holding, isKilled: true))
            return [decided(cause, epoch: holding.epoch, as: .refused), .kill(run: run)]
        }
        return release(holding, because: cause, as: .refused, at: now)
    }

    /// The planted bug: whoever has the highest timeline, and the most on it, is taken for the newest.
    private mutating func takeHighestTimeline(
        _ holding: Holding, _ policy: ReplicationPolicy, at now: Instant
    ) -> [MemberDirective]? {
        func rank(_ position: ReplicationPosition?) -> (UInt32, UInt64) {
            guard let position, case .postgreSQL(let history) = position.lineage else { return (0, 0) }
            return (history.timeline, position.offset)
        }
        if let other = data.positions.keys.sorted().first(where: {
            isAvailable($0, at: now) && rank(data.positions[$0]) > rank(data.report?.position)
        }) {
            successor = other
            return giveUp(holding, because: "hands over to \(other), whose timeline is higher", at: now)
        }
        return publish(holding, sets: [], policy, at: now)
    }

    /// The store has to say who is to be the primary, and whom it will wait for, before it takes a write.
    ///
    /// - Parameter sets: those that writes may have been acknowledged under until now.
    private mutating func publish(
        _ holding: Holding, sets: [SynchronousSet], _ policy: ReplicationPolicy, at now: Instant
    ) -> [MemberDirective]? {
        // What is not there yet cannot be published: the first primary publishes as soon as it has data.
        guard let position = data.report?.position else { return nil }
        if let published = publishedData, published.epoch == holding.epoch, published.primary == settings.host {
            return nil
        }
        guard data.proof.intended == nil else { return renewIfDue(at: now) }
        var intended = PublishedData(
            primary: settings.host, epoch: holding.epoch, position: position.bounded, sets: sets,
            publishedAt: data.report?.observedAt)
        var said: [MemberDirective] = []
        if !sets.isEmpty, !isForcedIn(holding.epoch) {
            let hosts = data.proof.reports.keys.sorted().joined(separator: ", ")
            said.append(
                decided(
                    "has every acknowledged write, by what \(hosts.isEmpty ? settings.host : hosts) reported",
                    epoch: holding.epoch))
        }
        if let first = firstSet(policy), !sets.contains(first) { intended.sets.append(first) }
        if isForcedIn(holding.epoch) { intended.forcedBy = data.forced.note }
        data.proof.intended = intended
        guard var current = self.holding else { return [] }
        current.renewAt = min(current.renewAt, now)
        replace(current)
        return said + renewIfDue(at: now)
    }
}
