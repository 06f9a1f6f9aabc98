internal import Hagen

/// Rule 13: a holder that the store does not answer goes on while every member promises not to take over.
///
/// The intuition: only a member can replace the record, and each of them has just said that it will not for a whole lease. So
/// nobody is asked for his opinion of the store, a majority proves nothing, and one silent member ends it.
///
/// The case that surprises: a promise counts from its receipt for the one who makes it, and from the send of the question
/// for the one who relies on it, so no two clocks are compared.
extension LeasedMember {
    /// Questions that may still be answered; older ones are forgotten.
    static let maximumRounds = 8

    struct Failsafe: Equatable, Sendable {
        /// The oldest first.
        var rounds: [Round] = []
        /// When the last question was sent.
        var askedAt: Instant?
        /// Whether the last deadline came from promises and not from the store.
        var isRelied = false
    }

    struct Round: Equatable, Sendable {
        var number: UInt64
        var sent: Instant
        /// Who has not promised yet, sorted.
        var missing: [String]
    }

    /// Another member that holds the lease cannot reach the store and asks for a promise.
    ///
    /// None is made by a member that may be about to act: one with a write whose outcome it does not know, one that knows
    /// of a newer epoch, and one that has not watched for a lease yet, for an earlier life of it may have promised or
    /// written anything.
    package mutating func promiseAsked(
        by host: String, epoch: UInt64, round: UInt64, at now: Instant
    ) -> [MemberDirective] {
        var directives = expire(at: now)
        let known = max(memory?.epoch ?? 0, observation?.value.record?.epoch ?? 0)
        if phase == .watching, host != settings.host, settings.members.contains(host), writes.isEmpty,
            known <= epoch, let attachedAt, attachedAt + settings.timing.duration <= now
        {
            let until = now + wait(for: observation?.value.record)
            promisedUntil = max(promisedUntil ?? until, until)
            directives.append(.promise(to: host, epoch: epoch, round: round))
        }
        return directives + advance(at: now)
    }

    package mutating func promised(
        by host: String, epoch: UInt64, round: UInt64, at now: Instant
    ) -> [MemberDirective] {
        var directives = expire(at: now)
        if case .active(let holding) = phase, holding.epoch == epoch,
            let index = failsafe.rounds.firstIndex(where: { $0.number == round })
        {
            failsafe.rounds[index].missing.removeAll { $0 == host }
            directives += relyOnPromises(holding, at: now)
        }
        return directives + advance(at: now)
    }

    /// When the members are to be asked next; `nil` while the store answers.
    var askAt: Instant? {
        guard isStoreSilent || hold != nil else { return nil }
        guard let asked = failsafe.askedAt else { return Instant(nanoseconds: 0) }
        // Once all have promised, as often as the lease is renewed; until then as often as a write is tried.
        let isAnswered = failsafe.isRelied && failsafe.rounds.isEmpty
        return asked + (isAnswered ? settings.timing.renew : settings.retryDelay)
    }

    mutating func askForPromises(at now: Instant) -> [MemberDirective] {
        guard case .active(let holding) = phase, !isStopRequested, let due = askAt, due <= now else {
            return []
        }
        let others = possibleSuccessors
        // A number that nobody can guess: an answer shows that its sender has seen the question.
        let number = nonces.next()
        failsafe.askedAt = now
        if failsafe.rounds.count == Self.maximumRounds { failsafe.rounds.removeFirst() }
        failsafe.rounds.append(Round(number: number, sent: now, missing: others))
        guard !others.isEmpty else { return relyOnPromises(holding, at: now) }
        return [.ask(epoch: holding.epoch, round: number, of: others)]
    }

    /// Who may replace the record: those whom the store has confirmed, and those whom a write in doubt may have named.
    private var possibleSuccessors: [String] {
        let confirmed = observation?.value.record?.members ?? []
        guard confirmed != settings.members else { return settings.members.filter { $0 != settings.host } }
        return Set(confirmed).union(settings.members).subtracting([settings.host]).sorted()
    }

    /// Every write that the store was sent is in doubt, and there is one.
    var isStoreSilent: Bool { !writes.isEmpty && writes.contains(where: \.isDoubtful) }

    private mutating func relyOnPromises(_ holding: Holding, at now: Instant) -> [MemberDirective] {
        let isMajorityEnough = settings.planted == .failsafeWithMajority
        let allowed = isMajorityEnough ? (settings.members.count - 1) / 2 : 0
        guard let index = failsafe.rounds.lastIndex(where: { $0.missing.count <= allowed }) else { return [] }
        let deadline = failsafe.rounds[index].sent + settings.timing.stop
        failsafe.rounds.removeFirst(index + 1)
        guard holding.deadline < deadline, now < holding.deadline else { return [] }
        var holding = holding
        holding.deadline = deadline
        phase = .active(holding)
        var directives: [MemberDirective] = []
        if !failsafe.isRelied {
            failsafe.isRelied = true
            directives.append(
                decided(
                    settings.members.count > 1
                        ? "the store does not answer, every member promises to wait: goes on"
                        : "the store does not answer, and nobody else may take this lease: goes on",
                    epoch: holding.epoch, as: .failsafeBegun))
        }
        if isAlive {
            directives.append(.extend(run: run, permit: Permit(epoch: holding.epoch, deadline: deadline)))
        }
        return directives
    }

    /// The store answered: nobody is asked any more.
    mutating func endFailsafe(epoch: UInt64) -> [MemberDirective] {
        let wasRelied = failsafe.isRelied
        failsafe = Failsafe()
        return wasRelied ? [decided("the store answers again", epoch: epoch, as: .failsafeEnded)] : []
    }
}
