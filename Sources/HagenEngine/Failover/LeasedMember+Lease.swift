internal import Hagen

/// The lease's record: what was seen of it, which writes of ours stand, and whether the store can be trusted.
extension LeasedMember {
    /// What an answer or a change showed of the lease.
    struct Sight {
        var value: LeaseValue
        var storeID: String
        var storeRevision: Int64
        /// The store is behind a revision that was known when it was asked.
        var wentBack: Bool

        /// Up to which revision the value is known to be the newest.
        var revision: Int64 { value == .absent ? storeRevision : value.revision }
    }

    /// An older sight than what is known is an echo and tells nothing, unless the store itself went back or is another.
    mutating func take(_ sight: Sight, at now: Instant) -> [MemberDirective] {
        let isStepBack = sight.wentBack || (readStoreID ?? sight.storeID) != sight.storeID
        guard isStepBack || max(sight.revision, sight.storeRevision) >= observation?.revision ?? 0 else { return [] }
        readStoreID = sight.storeID
        return judge(sight) + learn(sight) + observe(sight, isStepBack: isStepBack, at: now)
    }

    private mutating func judge(_ sight: Sight) -> [MemberDirective] {
        let before = hold
        hold = memory?.hold ?? doubt(about: sight)
        guard hold != before else { return [] }
        if let hold, stepsBack(sight) { memory?.hold = hold }
        let kept: [MemberDirective] = if let memory, memory.hold != nil { [.remember(memory)] } else { [] }
        return kept + [
            decided(
                hold.map { "holds still: \($0)" } ?? "trusts the store again", epoch: epoch,
                as: hold == nil ? .trusted : .held)
        ]
    }

    /// Why the store is not to be written to, by rule 5; `nil` where nothing speaks against it.
    private func doubt(about sight: Sight) -> String? {
        if case .unreadable(let revision) = sight.value {
            return "what stands in the lease's place (revision \(revision)) is no record of a lease"
        }
        guard let memory else { return nil }
        let remembered = "this host remembers epoch \(memory.epoch) of store \(memory.storeID)"
        if memory.storeID != sight.storeID { return "the store is another one (\(sight.storeID)): \(remembered)" }
        if sight.wentBack { return "the store went back to revision \(sight.storeRevision): \(remembered)" }
        guard let record = sight.value.record else { return "the lease's record is gone: \(remembered)" }
        if record.epoch < memory.epoch { return "the lease's record went back to epoch \(record.epoch): \(remembered)" }
        return nil
    }

    /// Whether the remembered store has lost some of its past. It writes on from there, so that the next answers look as good
    /// as any: the hold stays, over restarts too, until a person has ended it.
    private func stepsBack(_ sight: Sight) -> Bool {
        guard let memory, memory.storeID == sight.storeID else { return false }
        return sight.wentBack || sight.value == .absent || sight.value.record.map { $0.epoch < memory.epoch } ?? false
    }

    /// Keeps the highest epoch; a new one has to become durable.
    private mutating func learn(_ sight: Sight) -> [MemberDirective] {
        guard hold == nil else { return [] }
        guard let record = sight.value.record, record.epoch > memory?.epoch ?? 0 else {
            if let known = memory?.revision { memory?.revision = max(known, sight.storeRevision) }
            return []
        }
        let learnt = LeaseMemory(storeID: sight.storeID, epoch: record.epoch, revision: sight.storeRevision)
        memory = learnt
        return [.remember(learnt)]
    }

    private mutating func observe(_ sight: Sight, isStepBack: Bool, at now: Instant) -> [MemberDirective] {
        if let record = sight.value.record, record.holder == settings.host,
            let pending = writes.first(where: { $0.write.record.nonce == record.nonce })
        {
            return committed(pending, revision: sight.revision, at: now)
        }
        if let observation, !isStepBack {
            guard sight.value != observation.value, sight.revision > observation.revision else {
                recordStillStands(revision: sight.value.revision, at: now)
                return []
            }
        }
        // What compares an older revision has happened before this one, or never will.
        if !isStepBack, sight.value.record != nil {
            writes.removeAll { $0.isDoubtful && $0.write.expected < sight.value.revision }
        }
        // Rule 1: whatever is new restarts the count, for it is this revision that the next swap will compare.
        let seen = settings.planted == .swapAgainstFreshRevision ? observation?.seen ?? now : now
        observation = Observation(
            value: sight.value, revision: sight.revision, seen: seen, isFirst: observation == nil)
        attemptNotBefore = nil
        // Whoever released acts no more, whatever it asked for before.
        if sight.value.record?.released ?? false { promisedUntil = nil }
        return heldRecordChanged(to: sight.value, at: now)
    }

    /// A record that is not one of our known writes was seen while we hold, or held, the lease.
    mutating func heldRecordChanged(to value: LeaseValue, at now: Instant) -> [MemberDirective] {
        let record = value.record
        if case .adopting(let permit) = phase {
            guard hold == nil else { return [] }
            guard let record, record.holder == settings.host, record.epoch == permit.epoch, !record.released else {
                phase = .clearing(Clearing(holding: nil, isKilled: true))
                return [
                    decided(
                        "the lease of the workload that it found is not its own any more", epoch: permit.epoch,
                        as: .lost),
                    .kill(run: run),
                ]
            }
            phase = .active(
                Holding(epoch: permit.epoch, revision: value.revision, deadline: permit.deadline, renewAt: now))
            startedAt = now
            return [
                decided("found the workload running under its permit and keeps it", epoch: permit.epoch, as: .adopted)
            ]
        }
        guard var holding else { return [] }
        if let record, record.holder == settings.host, record.epoch == holding.epoch, !record.released {
            // A write of this agent's earlier life landed late. It is ours, and its send is not known: the deadline stays.
            holding.revision = value.revision
            holding.renewAt = now
            replace(holding)
            return []
        }
        return lost(holding, to: record)
    }

    private mutating func lost(_ holding: Holding, to record: LeaseRecord?) -> [MemberDirective] {
        writes = []
        let cause = record.map { "the lease went to \($0.holder) in epoch \($0.epoch)" } ?? "the lease's record is gone"
        let wasKilled = if case .clearing(let clearing) = phase { clearing.isKilled } else { false }
        if isActing, isAlive {
            phase = .clearing(Clearing(holding: nil, isKilled: true))
            return [decided(cause, epoch: holding.epoch, as: .lost)] + (wasKilled ? [] : [.kill(run: run)])
        }
        phase = .watching
        return [decided(cause, epoch: holding.epoch, as: .lost)]
    }

    /// What runs was started under the lease, whether it goes on or is being ended.
    private var isActing: Bool {
        switch phase {
        case .active, .clearing: true
        default: false
        }
    }

    /// A write of ours is known to stand at that revision. It counts from its send (rule 3).
    private mutating func committed(_ pending: PendingWrite, revision: Int64, at now: Instant) -> [MemberDirective] {
        // The record has moved on from what every other write compares: none of them can happen any more.
        writes = []
        attemptNotBefore = nil
        let write = pending.write
        let counted = settings.planted == .deadlineFromAcknowledgement ? now : pending.sent
        let deadline = counted + settings.timing.stop
        observation = Observation(
            value: .record(write.record, revision: revision), revision: revision, seen: now, isFirst: false)
        switch write.kind {
        case .acquire: return acquired(write, revision: revision, sent: pending.sent, deadline: deadline, at: now)
        case .renew: return renewed(revision: revision, sent: pending.sent, deadline: deadline, at: now)
        case .release: return released(epoch: write.record.epoch)
        }
    }

    private mutating func acquired(
        _ write: LeaseWrite, revision: Int64, sent: Instant, deadline: Instant, at now: Instant
    ) -> [MemberDirective] {
        let holding = Holding(
            epoch: write.record.epoch, revision: revision, deadline: deadline, renewAt: sent + settings.timing.renew)
        guard phase == .watching, now < deadline, !isStopRequested else {
            guard phase == .watching else { return [] }
            return release(holding, because: "learnt too late that it had acquired the lease", at: now)
        }
        phase = .securing(holding)
        acquiredAt = now
        countGiveBack(at: now)
        return [decided("acquired the lease", epoch: holding.epoch, as: .acquired)] + noteForced(holding.epoch)
    }

    private mutating func renewed(
        revision: Int64, sent: Instant, deadline: Instant, at now: Instant
    ) -> [MemberDirective] {
        guard var holding else { return [] }
        holding.revision = revision
        let isExpired = holding.deadline <= now || permitIsOver
        if !isExpired { holding.deadline = max(holding.deadline, deadline) }
        holding.renewAt = max(sent + settings.timing.renew, now)
        if case .releasing = phase { holding.renewAt = now }
        replace(holding)
        let answered = endFailsafe(epoch: holding.epoch)
        guard !isExpired, isAlive, isActing else { return answered }
        return answered + [.extend(run: run, permit: Permit(epoch: holding.epoch, deadline: holding.deadline))]
    }

    /// The epoch is dead for its holder, whatever is acknowledged from now on.
    private var permitIsOver: Bool {
        switch phase {
        case .clearing(let clearing): clearing.isKilled
        case .releasing: true
        default: false
        }
    }

    private mutating func released(epoch: UInt64) -> [MemberDirective] {
        guard case .releasing = phase else { return [] }
        phase = .watching
        return [decided("\(reason); released the lease", epoch: epoch, as: .released)]
    }

    mutating func replace(_ holding: Holding) {
        switch phase {
        case .securing: phase = .securing(holding)
        case .active: phase = .active(holding)
        case .clearing(let clearing): phase = .clearing(Clearing(holding: holding, isKilled: clearing.isKilled))
        case .releasing(_, let until): phase = .releasing(holding, until: until)
        case .detached, .adopting, .watching, .finished: break
        }
    }
}
