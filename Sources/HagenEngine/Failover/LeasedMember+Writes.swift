internal import Hagen

/// When a member writes the lease's record, and with what.
extension LeasedMember {
    /// How much later each candidate tries than the one before it.
    static let rankDelay: Duration = .milliseconds(25)
    /// How long the others leave a released lease to the successor that was named.
    static let successorDelay: Duration = .milliseconds(250)
    /// How long after its last greeting a peer that remembers a higher epoch keeps this member from trying.
    static let doubtPatience: Duration = .seconds(10)
    /// Epochs grow by one with each holder: one that is further ahead than this is no epoch of this cluster.
    static let furthestEpoch: UInt64 = 1 << 32
    /// Writes in doubt that are remembered; the oldest is forgotten beyond it and its lease runs out by itself.
    static let maximumPendingWrites = 16

    /// One write at a time, but for those whose outcome is in doubt.
    var isFreeToWrite: Bool { writes.allSatisfy(\.isDoubtful) }

    /// How long the record has to stay the same (rule 2): the longer of its own duration and ours.
    func wait(for record: LeaseRecord?) -> Duration {
        max(record.map { .nanoseconds($0.durationInNanoseconds) } ?? .zero, settings.timing.duration)
    }

    /// When this member may try to take the lease, `nil` where it may not as things are.
    func attemptTime(at now: Instant) -> Instant? {
        guard phase == .watching, hold == nil, !isStopRequested, isFreeToWrite, let observation,
            settings.isCandidate, !isAlive || settings.standby == .hot, !isUnprovedForLong(at: now), gate == .open,
            !isDrained
        else { return nil }
        let record = observation.value.record
        guard mayReplace(record) else { return nil }
        guard nextEpoch < .max, dataRefusal(at: now) == nil else { return nil }
        var delay = Self.rankDelay * rank(at: now)
        if let record, record.released, !observation.isFirst {
            if let successor = record.successor {
                delay = successor == settings.host ? .zero : delay + Self.successorDelay
            }
        } else if !isFenced(observation) {
            delay += wait(for: record)
        }
        // Whoever can keep what it learns goes first.
        if isMemoryFailing { delay += Self.successorDelay }
        return max(
            observation.seen + delay, backoff.until ?? observation.seen, attemptNotBefore ?? observation.seen,
            doubtEnd ?? observation.seen, promisedUntil ?? observation.seen)
    }

    /// Rule 5: greater than every epoch that anyone is known to remember.
    var nextEpoch: UInt64 {
        let highest = max(
            observation?.value.record?.epoch ?? 0, memory?.epoch ?? 0, peers.values.lazy.map(\.epoch).max() ?? 0)
        return highest == .max ? .max : highest + 1
    }

    /// Rule 5: a peer that remembers a higher epoch knows of a holder that this store does not show. Mostly it is only ahead
    /// by a moment. It keeps this member from trying until `doubtPatience` after its last greeting: a peer that is gone
    /// for good, or a forged greeting, must not keep the cluster down for ever.
    package func doubtOfPeers(at now: Instant) -> String? {
        guard let highest = peersAhead.map(\.epoch).max(), let end = doubtEnd, now < end else { return nil }
        return "another member remembers epoch \(highest), the store shows \(observation?.value.record?.epoch ?? 0)"
    }

    private var doubtEnd: Instant? { peersAhead.map { $0.seen + Self.doubtPatience }.max() }

    private var peersAhead: [Peer] {
        guard let observation else { return [] }
        let seen = observation.value.record?.epoch ?? 0
        return peers.values.filter { $0.epoch > seen }
    }

    /// Compares exactly the revision whose unchanged age was measured (rule 1).
    mutating func acquire(at now: Instant) -> [MemberDirective] {
        guard let observation else { return [] }
        let epoch = nextEpoch
        let age = (now - observation.seen).roundedText
        let cause =
            switch observation.value.record {
            case nil: "there is no lease yet"
            case let record? where record.released: "\(record.holder) released epoch \(record.epoch)"
            case let record? where isFenced(observation): "\(record.holder), of epoch \(record.epoch), was fenced"
            case let record?: "\(record.holder) did not renew epoch \(record.epoch) for \(age)"
            }
        attemptNotBefore = now + settings.retryDelay
        return [
            decided("tries to acquire the lease: \(cause)", epoch: epoch, as: .acquiring),
            write(.acquire, epoch: epoch, expected: observation.value.revision, at: now),
        ]
    }

    mutating func renewIfDue(at now: Instant) -> [MemberDirective] {
        guard var holding, holding.renewAt <= now, hold == nil, isFreeToWrite else { return [] }
        holding.renewAt = now + settings.timing.renew
        replace(holding)
        return [write(.renew, epoch: holding.epoch, expected: holding.revision, at: now)]
    }

    /// Nothing acts under the epoch any more, and never will: others need not wait.
    mutating func release(
        _ holding: Holding, because cause: String, as kind: EventKind = .noted, at now: Instant
    ) -> [MemberDirective] {
        precondition(!isAlive || settings.standby == .hot, "a lease is released while its workload lives: \(phase)")
        // Its end was meant, or was counted before.
        if !isAlive { startedAt = nil }
        var holding = holding
        holding.renewAt = now
        phase = .releasing(holding, until: now + settings.timing.duration)
        return [decided(cause, epoch: holding.epoch, as: kind)]
            + continueReleasing(holding, until: now + settings.timing.duration, at: now)
    }

    mutating func continueReleasing(_ holding: Holding, until: Instant, at now: Instant) -> [MemberDirective] {
        guard now < until, hold == nil else {
            writes = []
            phase = .watching
            return [decided("\(reason); could not release the lease, it runs out", epoch: holding.epoch)]
                + advance(at: now)
        }
        // A renewal under way may win or lose against the release; it need not be waited for.
        let isUnderWay = writes.contains { !$0.isDoubtful && $0.write.kind == .release }
        guard !isUnderWay, holding.renewAt <= now else { return [] }
        // While the cluster is paused only an order names a successor.
        let successor = orders.isPaused && successor == nil ? nil : availableSuccessor(preferring: successor, at: now)
        var later = holding
        later.renewAt = now + settings.retryDelay
        replace(later)
        return [
            write(.release, epoch: holding.epoch, expected: holding.revision, successor: successor, at: now)
        ]
    }

    private mutating func write(
        _ kind: LeaseWrite.Kind, epoch: UInt64, expected: Int64, successor: String? = nil, at now: Instant
    ) -> MemberDirective {
        let record = LeaseRecord(
            holder: settings.host, epoch: epoch, nonce: nonces.next(), duration: settings.timing.duration,
            released: kind == .release, successor: successor, members: settings.members,
            data: dataToWrite(kind, epoch: epoch, at: now))
        let known = observation?.value.revision == expected ? observation?.value.record?.nonce : nil
        let write = LeaseWrite(kind: kind, expected: expected, expectedNonce: known, record: record)
        if writes.count == Self.maximumPendingWrites { writes.removeFirst() }
        writes.append(PendingWrite(write: write, sent: now))
        return .write(write)
    }

    /// The outcome of a write is unknown; the next one need not wait for it.
    mutating func doubt(_ index: Int, at now: Instant) {
        writes[index].isDoubtful = true
        guard var holding else {
            attemptNotBefore = now + settings.retryDelay
            return
        }
        holding.renewAt = now + settings.retryDelay
        replace(holding)
    }
}
