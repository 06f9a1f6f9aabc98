internal import Hagen

/// What happens to a member, and what it tells its shell to do then. Every event first lets the deadline pass that has
/// passed, so that nothing that arrives late is taken as if it were in time.
extension LeasedMember {
    package mutating func supervisorReported(_ report: SupervisorReport, at now: Instant) -> [MemberDirective] {
        guard report.run >= run else { return [] }
        var directives = expire(at: now)
        run = report.run
        workload = report
        isAlive = report.state != .idle
        unprovedSince = report.state == .ending ? unprovedSince ?? now : nil
        if phase == .detached {
            attachedAt = now
            directives += attach(report, at: now)
            // The lease may have been read before the supervisor's first word, and no change may follow for a whole lease.
            if let observation { directives += heldRecordChanged(to: observation.value, at: now) }
            return directives + advance(at: now)
        }
        return directives + advance(at: now) + missing(from: report)
    }

    /// Nobody knows of the workload until a supervisor has its word again, and says what it is.
    package mutating func supervisorLost(at now: Instant) -> [MemberDirective] {
        if isAlive { unprovedSince = unprovedSince ?? now }
        return timeReached(at: now)
    }

    /// The answer to a read, of the first one and of each after the watch was lost.
    package mutating func leaseRead(_ reading: LeaseReading, at now: Instant) -> [MemberDirective] {
        let sight = Sight(
            value: reading.value, storeID: reading.storeID, storeRevision: reading.revision,
            wentBack: reading.revision < reading.floor)
        return expire(at: now) + take(sight, at: now) + advance(at: now)
    }

    /// A change that the watch delivered, of the store that was read before.
    package mutating func leaseChanged(_ value: LeaseValue, revision: Int64, at now: Instant) -> [MemberDirective] {
        guard let storeID = readStoreID else { return [] }
        let sight = Sight(value: value, storeID: storeID, storeRevision: revision, wentBack: false)
        return expire(at: now) + take(sight, at: now) + advance(at: now)
    }

    package mutating func writeAcknowledged(
        nonce: UInt64, storeID: String, revision: Int64, at now: Instant
    ) -> [MemberDirective] {
        guard let pending = writes.first(where: { $0.write.record.nonce == nonce }) else { return [] }
        let value = LeaseValue.record(pending.write.record, revision: revision)
        let sight = Sight(value: value, storeID: storeID, storeRevision: revision, wentBack: false)
        return expire(at: now) + take(sight, at: now) + advance(at: now)
    }

    package mutating func writeConflicted(
        nonce: UInt64, storeID: String, storeRevision: Int64, current: LeaseValue, at now: Instant
    ) -> [MemberDirective] {
        guard writes.contains(where: { $0.write.record.nonce == nonce }) else { return [] }
        let directives = expire(at: now)
        writes.removeAll { $0.write.record.nonce == nonce }
        let sight = Sight(value: current, storeID: storeID, storeRevision: storeRevision, wentBack: false)
        return directives + take(sight, at: now) + advance(at: now)
    }

    /// The write may have happened or not.
    package mutating func writeFailed(nonce: UInt64, at now: Instant) -> [MemberDirective] {
        let directives = expire(at: now)
        if let index = writes.firstIndex(where: { $0.write.record.nonce == nonce }) {
            doubt(index, at: now)
        }
        return directives + advance(at: now)
    }

    package mutating func memoryWritten(_ memory: LeaseMemory, at now: Instant) -> [MemberDirective] {
        durableEpoch = max(durableEpoch, memory.epoch)
        (isMemoryDue, memoryBackoff) = (false, FailureBackoff())
        return expire(at: now) + advance(at: now)
    }

    package mutating func memoryNotWritten(_ problem: String, at now: Instant) -> [MemberDirective] {
        var directives = expire(at: now)
        isMemoryDue = true
        memoryBackoff.failed(started: nil, at: now)
        if case .securing(let holding) = phase {
            backoff.failed(started: nil, at: now)
            directives += release(holding, because: "cannot keep its memory of the lease: \(problem)", at: now)
        } else if memoryBackoff.failures == 1 {
            directives.append(decided("cannot keep its memory of the lease: \(problem); tries again", epoch: epoch))
        }
        return directives + advance(at: now)
    }

    /// - Parameters:
    ///   - isReady: the peer would take the lease if it were free.
    ///   - problem: why it would not, in words.
    ///   - epoch: the highest that the peer remembers; a greeting whose epoch is absurdly far ahead is ignored.
    package mutating func peerGreeted(
        _ host: String, isReady: Bool, problem: String? = nil, epoch: UInt64, at now: Instant
    ) -> [MemberDirective] {
        let known = max(memory?.epoch ?? 0, observation?.value.record?.epoch ?? 0)
        guard epoch <= known || epoch - known <= Self.furthestEpoch else { return [] }
        func hear(_ peer: inout Peer) {
            peer.suspicion.heard(at: now)
            peer.readySince = isReady ? peer.readySince ?? now : nil
            (peer.seen, peer.epoch, peer.problem) = (now, epoch, problem)
        }
        // In its place, so that what is known of its intervals need not be copied.
        hear(&peers[host, default: Peer(seen: now, epoch: epoch)])
        return timeReached(at: now)
    }

    /// The health check of the active workload failed as often as it takes.
    package mutating func checkFailed(_ problem: String, at now: Instant) -> [MemberDirective] {
        var directives = expire(at: now)
        if case .active(let holding) = phase, isAlive, failure == nil {
            failure = "failed its check (\(problem))"
            directives.append(
                decided("the workload \(failure ?? ""): kills it", epoch: holding.epoch, as: .checkFailed))
            directives.append(.kill(run: run))
        }
        return directives + advance(at: now)
    }

    package mutating func stopRequested(at now: Instant) -> [MemberDirective] {
        isStopRequested = true
        return timeReached(at: now)
    }

    package mutating func timeReached(at now: Instant) -> [MemberDirective] {
        expire(at: now) + advance(at: now)
    }

    /// A commit is about to be sent for another member of the host: a renewal that is half due joins it (rule 4).
    package mutating func commitIsLeaving(at now: Instant) -> [MemberDirective] {
        let directives = expire(at: now)
        guard case .active(var holding) = phase, holding.renewAt <= now + settings.timing.renew / 2 else {
            return directives + advance(at: now)
        }
        holding.renewAt = min(holding.renewAt, now)
        phase = .active(holding)
        return directives + advance(at: now)
    }
}
