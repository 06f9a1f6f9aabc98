internal import Hagen

/// What time and the known facts make of a phase.
extension LeasedMember {
    /// Lets a deadline pass that has passed: the epoch is dead for its holder from then on (rule 3).
    mutating func expire(at now: Instant) -> [MemberDirective] {
        guard settings.planted != .cachedViewAfterResume else { return [] }
        switch phase {
        case .adopting(let permit) where permit.deadline <= now:
            phase = .clearing(Clearing(holding: nil, isKilled: true))
            return [
                decided("the permit of the workload that it found is over", epoch: permit.epoch, as: .expired),
                .kill(run: run),
            ]
        case .securing(let holding) where holding.deadline <= now:
            return release(holding, because: "the deadline passed before it could act", at: now)
        case .active(let holding) where holding.deadline <= now:
            phase = .clearing(Clearing(holding: holding, isKilled: true))
            return [
                decided("no renewal was acknowledged before the deadline", epoch: holding.epoch, as: .expired),
                .kill(run: run),
            ]
        case .clearing(let clearing) where !clearing.isKilled:
            guard let holding = clearing.holding, holding.deadline <= now else { return [] }
            phase = .clearing(Clearing(holding: holding, isKilled: true))
            return [
                decided("the deadline passed while it stopped", epoch: holding.epoch, as: .expired), .kill(run: run),
            ]
        default: return []
        }
    }

    mutating func advance(at now: Instant) -> [MemberDirective] {
        for index in writes.indices where !writes[index].isDoubtful {
            if writes[index].sent + settings.attemptTimeout <= now { doubt(index, at: now) }
        }
        return rememberAgainIfDue(at: now) + advancePhase(at: now)
    }

    /// What could not be kept of the lease is tried again, after growing waits: the next epoch may be months away.
    private mutating func rememberAgainIfDue(at now: Instant) -> [MemberDirective] {
        guard isMemoryDue, memoryBackoff.isOver(at: now), let memory else { return [] }
        isMemoryDue = false
        return [.remember(memory)]
    }

    private mutating func advancePhase(at now: Instant) -> [MemberDirective] {
        switch phase {
        case .detached, .finished: return []
        case .adopting: return isStopRequested ? stopWorkload(holding: nil, because: "asked to stop") : []
        case .watching: return watch(at: now)
        case .securing(let holding): return secure(holding, at: now)
        case .active(let holding):
            return letGoOfUnproved(holding, at: now) ?? act(holding, at: now) + askForPromises(at: now)
        case .clearing(let clearing):
            if let holding = clearing.holding, !clearing.isKilled, let directives = letGoOfUnproved(holding, at: now) {
                return directives
            }
            return clear(clearing, at: now)
        case .releasing(let holding, let until): return continueReleasing(holding, until: until, at: now)
        }
    }

    /// The first word of the supervisor: what an earlier life of the agent left behind.
    mutating func attach(_ report: SupervisorReport, at now: Instant) -> [MemberDirective] {
        if report.state == .idle || (report.state == .running && report.role == .standby && settings.standby == .hot) {
            phase = .watching
            startedAt = report.state == .idle ? nil : now
            return [decided("watches the lease", epoch: epoch, as: .watching)]
        }
        if report.state == .running, let permit = report.permit, now < permit.deadline, report.role == .active {
            phase = .adopting(permit)
            return [decided("found the workload running, reads the lease", epoch: permit.epoch, as: .adopted)]
        }
        phase = .clearing(Clearing(holding: nil, isKilled: true))
        return [decided("found a workload that may not run", epoch: epoch, as: .workloadKilled), .kill(run: run)]
    }

    private mutating func watch(at now: Instant) -> [MemberDirective] {
        if isStopRequested {
            if isAlive { return stopWorkload(holding: nil, because: "asked to stop") }
            phase = .finished
            return [decided("stopped", epoch: epoch, as: .stopped), .finish]
        }
        var directives = followPrimary() + sayDataRefusal(at: now)
        if settings.standby == .hot, !isAlive {
            if startedAt != nil, workload?.run == run, run > 0, let ending = workload?.ending {
                startedAt = nil
                unexpectedEnds += 1
                backoff.failed(started: nil, at: now)
                directives.append(decided("the standby workload \(ending)", epoch: epoch, as: .workloadEnded))
            }
            if backoff.isOver(at: now) {
                directives.append(start(.standby, permit: nil, at: now))
            }
        }
        if let attempt = attemptTime(at: now), attempt <= now {
            directives += acquire(at: now)
        } else if settings.fencingDelay != nil {
            directives += fenceIfDue(at: now)
        }
        return directives
    }

    private mutating func secure(_ holding: Holding, at now: Instant) -> [MemberDirective] {
        if isStopRequested { return release(holding, because: "asked to stop", at: now) }
        // Nothing acts before the epoch is durable here (rule 5), nor beside a workload that is still ending.
        guard durableEpoch >= holding.epoch, !isEnding else {
            // Given back where nobody else can have it, it would only be taken again, with one more epoch to be kept.
            guard let end = securingEnd, end <= now, availableSuccessor(preferring: nil, at: now) != nil else {
                return renewIfDue(at: now)
            }
            let cause = isEnding ? "an earlier workload is not proved dead" : "its memory of the lease is not durable"
            backoff.failed(started: nil, at: now)
            // A write that does not end has failed, as far as others are concerned.
            if !isEnding { memoryBackoff.failed(started: nil, at: now) }
            // What is still alive was never given the epoch: whoever has it next is told a new one.
            return release(holding, because: "\(cause) after all this time: leaves the lease to another", at: now)
        }
        if let directives = prove(holding, at: now) { return directives }
        phase = .active(holding)
        let isCached = settings.planted == .cachedViewAfterResume
        let permit = Permit(epoch: holding.epoch, deadline: isCached ? now + settings.timing.stop : holding.deadline)
        failure = nil
        successor = nil
        let activation: MemberDirective
        if settings.standby == .hot, isAlive {
            activation = .promote(run: run, permit: permit)
            startedAt = now
        } else {
            activation = start(.active, permit: permit, at: now)
        }
        return firstWait() + [decided("is active: \(reason)", epoch: holding.epoch, as: .active), activation]
            + renewIfDue(at: now)
    }

    private mutating func act(_ holding: Holding, at now: Instant) -> [MemberDirective] {
        if isAlive {
            if isStopRequested {
                return stopWorkload(holding: holding, because: "asked to stop") + renewIfDue(at: now)
            }
            return handOverIfDue(holding, at: now) + tendData(at: now) + renewIfDue(at: now)
        }
        if isStopRequested { return release(holding, because: "asked to stop", at: now) }
        unexpectedEnds += 1
        let cause = "the workload \(failure ?? workload?.ending ?? "ended")"
        failure = nil
        if restarts.take(at: now) {
            let permit = Permit(epoch: holding.epoch, deadline: holding.deadline)
            return [
                decided("\(cause): restarts it in place", epoch: holding.epoch, as: .workloadEnded),
                start(.active, permit: permit, at: now),
            ] + renewIfDue(at: now)
        }
        backoff.failed(started: startedAt, at: now)
        return release(holding, because: "\(cause): gives up the lease", as: .workloadEnded, at: now)
    }

    private var isEnding: Bool { isAlive && workload?.state == .ending }

    /// When it gives back a lease that it renews and cannot act under: nobody is active until then.
    var securingEnd: Instant? {
        guard case .securing(let holding) = phase else { return nil }
        let memoryEnd = durableEpoch < holding.epoch ? acquiredAt.map { $0 + Self.memoryPatience } : nil
        return [memoryEnd, isEnding ? patienceEnd : nil].compactMap { $0 }.min()
    }

    /// How long a disk may take to keep the memory; slow ones take a second or two.
    static let memoryPatience: Duration = .seconds(5)

    /// Whether a workload has been neither known to run nor proved dead for longer than it may be.
    func isUnprovedForLong(at now: Instant) -> Bool { patienceEnd.map { $0 <= now } ?? false }

    /// When a workload that is neither known to run nor proved dead is waited for no more.
    var patienceEnd: Instant? { isAlive ? unprovedSince.map { $0 + settings.endingPatience } : nil }

    /// A workload that hangs in the kernel, or whose supervisor is gone for good, must not keep the lease from those who
    /// can serve: it runs out, and what stops such a workload is no longer this machine's to decide.
    private mutating func letGoOfUnproved(_ holding: Holding, at now: Instant) -> [MemberDirective]? {
        guard let since = unprovedSince, let end = patienceEnd, end <= now else { return nil }
        phase = .clearing(Clearing(holding: holding, isKilled: true))
        return [
            decided(
                "the workload is not proved dead after \((now - since).text): lets the lease run out",
                epoch: holding.epoch, as: .expired), .kill(run: run),
        ]
    }

    private mutating func clear(_ clearing: Clearing, at now: Instant) -> [MemberDirective] {
        if isAlive { return clearing.isKilled ? [] : renewIfDue(at: now) }
        if let holding = clearing.holding { return release(holding, because: "\(reason); all is dead", at: now) }
        guard isStopRequested else {
            phase = .watching
            startedAt = nil
            return [decided("\(reason); watches the lease", epoch: epoch, as: .watching)] + watch(at: now)
        }
        phase = .finished
        return [decided("stopped", epoch: epoch, as: .stopped), .finish]
    }

    mutating func stopWorkload(
        holding: Holding?, because cause: String, as kind: EventKind = .stopped
    ) -> [MemberDirective] {
        let isUnderWay = workload?.state == .ending
        phase = .clearing(Clearing(holding: holding, isKilled: false))
        return [decided(cause, epoch: epoch, as: kind)] + (isUnderWay ? [] : [.stop(run: run)])
    }

    private mutating func start(_ role: MemberRole, permit: Permit?, at now: Instant) -> MemberDirective {
        run += 1
        isAlive = true
        startedAt = now
        return .start(run: run, role: role, permit: permit)
    }

    mutating func decided(_ reason: String, epoch: UInt64, as kind: EventKind = .noted) -> MemberDirective {
        self.reason = reason
        return .report(MemberDecision(epoch: epoch, reason: reason, kind: kind))
    }
}
