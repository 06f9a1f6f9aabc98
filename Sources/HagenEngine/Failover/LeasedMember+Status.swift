internal import Hagen

/// What others may know of a member.
extension LeasedMember {
    /// Whether the member knows what became of an earlier life of its agent.
    package var isSettled: Bool {
        switch phase {
        case .detached, .adopting: false
        default: true
        }
    }

    package var isActive: Bool { if case .active = phase { true } else { false } }

    /// Of the member itself when it holds the lease, else the highest it has seen; 0 before the first.
    package var epoch: UInt64 { holding?.epoch ?? memory?.epoch ?? 0 }

    /// The end of the right to act, `nil` without one.
    package var permit: Permit? {
        switch phase {
        case .active(let holding): Permit(epoch: holding.epoch, deadline: holding.deadline)
        case .clearing(let clearing) where !clearing.isKilled:
            clearing.holding.map { Permit(epoch: $0.epoch, deadline: $0.deadline) }
        case .adopting(let permit): permit
        default: nil
        }
    }

    /// Who holds the lease as far as this member knows.
    package func holder(at now: Instant) -> String? {
        guard let observation, let record = observation.value.record, !record.released,
            now < observation.seen + wait(for: record)
        else { return nil }
        return record.holder
    }

    /// Whether the member would take the lease if it were free.
    package func isReady(at now: Instant) -> Bool {
        guard phase == .watching, hold == nil, !isStopRequested, !isDrained, gate == .open, observation != nil,
            backoff.isOver(at: now), settings.isCandidate, dataRefusal(at: now) == nil, !isMemoryFailing,
            !isUnprovedForLong(at: now)
        else { return false }
        return settings.standby == .cold || workload?.state == .running
    }

    /// Why the member would not take the lease, in words for a person; `nil` where it would, or holds it.
    package func problem(at now: Instant) -> String? {
        if !settings.isCandidate { return "it is no candidate" }
        if let hold { return hold }
        if isStopRequested { return "its agent is stopping" }
        if isDrained { return "its host is drained" }
        if gate == .unknown { return "its gate was not looked at yet" }
        if case .closed(let reason) = gate { return reason }
        if observation == nil { return "it has not reached the store yet" }
        if phase == .watching, let refusal = dataRefusal(at: now) { return refusal.text }
        if isMemoryFailing { return "it cannot keep its memory of the lease" }
        if isUnprovedForLong(at: now) { return "its workload is not proved dead" }
        if let until = backoff.until, now < until {
            return "its workload failed \(backoff.failures) times lately, it waits \((until - now).text)"
        }
        switch phase {
        case .detached: return "it waits for its supervisor"
        case .watching where settings.standby == .hot && workload?.state != .running:
            return "its standby workload does not run"
        case .adopting, .clearing, .releasing, .finished: return "it is busy: \(reason)"
        case .watching, .securing, .active: return nil
        }
    }

    /// Whether the store is lost and the promises of all members stand in for it (rule 13).
    package var isOnPromises: Bool { isActive && failsafe.isRelied }

    /// φ of each peer that was heard of, by host; see `SuspicionDetector`.
    package func suspicions(at now: Instant) -> [(host: String, suspicion: Double)] {
        peers.sorted { $0.key < $1.key }.map { ($0.key, $0.value.suspicion.suspicion(at: now)) }
    }

    /// How long ago the lease's record was seen to change; `nil` before the first sight of it.
    package func leaseAge(at now: Instant) -> Duration? {
        observation?.value.record == nil ? nil : observation.map { now - $0.seen }
    }

    /// Why the gate is closed, in words; `nil` where it is open, or there is none.
    package var gateProblem: String? { if case .closed(let problem) = gate { problem } else { nil } }

    /// What is known of the lease and of the other members, in words: why a decision was made.
    package func evidence(at now: Instant) -> String {
        var facts: [String] = []
        if let observation, let record = observation.value.record {
            let state = record.released ? "released" : "held"
            facts.append(
                "lease \(state) by \(record.holder) in epoch \(record.epoch), revision \(observation.value.revision), "
                    + "unchanged for \((now - observation.seen).roundedText)")
        }
        if let permit { facts.append("permit ends in \((permit.deadline - now).roundedText)") }
        for (host, peer) in peers.sorted(by: { $0.key < $1.key }) {
            let suspicion = (peer.suspicion.suspicion(at: now) * 10).rounded() / 10
            facts.append("\(host) heard \((now - peer.seen).roundedText) ago (φ \(suspicion))")
        }
        return facts.joined(separator: "; ")
    }

    /// The highest revision of the store that the member knows: the floor of its next read.
    package var knownRevision: Int64 {
        // What a store shows that is not trusted may be of another store.
        max(memory?.revision ?? 0, hold == nil ? observation?.revision ?? 0 : 0)
    }

    /// The number of the last start that was ordered.
    package var lastRun: UInt64 { run }

    var holding: Holding? {
        switch phase {
        case .securing(let holding), .active(let holding), .releasing(let holding, _): holding
        case .clearing(let clearing): clearing.holding
        case .detached, .adopting, .watching, .finished: nil
        }
    }

    /// When `timeReached` has something to do; `nil` where only an event can change anything.
    package func wake(at now: Instant) -> Instant? {
        var earliest: Instant?
        func consider(_ moment: Instant?) {
            if let moment { earliest = min(earliest ?? moment, moment) }
        }
        for write in writes where !write.isDoubtful { consider(write.sent + settings.attemptTimeout) }
        if isMemoryDue { consider(memoryBackoff.until) }
        switch phase {
        case .detached, .finished: return nil
        case .adopting(let permit): consider(permit.deadline)
        case .watching:
            consider(attemptTime(at: now))
            consider(fencingTime(at: now))
            if settings.standby == .hot, !isAlive { consider(backoff.until) }
        case .securing(let holding), .active(let holding):
            consider(holding.deadline)
            if isFreeToWrite, hold == nil { consider(holding.renewAt) }
            consider(proofTime(holding))
            // Once it is over each renewal looks whether another member can have the lease.
            if let moment = securingEnd, now < moment { consider(moment) }
            if isActive {
                consider(askAt)
                // One that is due and cannot be done yet is looked at with each renewal.
                if let moment = giveBackAt(at: now), now < moment { consider(moment) }
                consider(patienceEnd)
            }
        case .clearing(let clearing):
            if let holding = clearing.holding, !clearing.isKilled {
                consider(holding.deadline)
                if isFreeToWrite, hold == nil { consider(holding.renewAt) }
                consider(patienceEnd)
            }
        case .releasing(let holding, let until):
            consider(until)
            if isFreeToWrite, hold == nil { consider(holding.renewAt) }
        }
        return earliest
    }
}

extension Duration {
    /// Whole milliseconds.
    var roundedText: String { Duration.milliseconds(nanoseconds / 1_000_000).text }
}
