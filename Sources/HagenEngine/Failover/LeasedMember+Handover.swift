internal import Hagen

/// What operators order of a cluster, as the store has it.
package struct Orders: Equatable, Sendable {
    /// Nobody becomes active who was not, but by an order.
    package var isPaused: Bool
    /// This member's host is not to be active.
    package var isDrained: Bool
    package var switchover: Switchover?
    /// Who paused it and who drained the host, and why, in words.
    package var pauseNote, drainNote: String?
    /// A member is to be promoted although data is lost.
    package var promotion: Promotion?

    package init(
        isPaused: Bool = false, isDrained: Bool = false, switchover: Switchover? = nil, pauseNote: String? = nil,
        drainNote: String? = nil
    ) {
        self.isPaused = isPaused
        self.isDrained = isDrained
        self.switchover = switchover
        self.pauseNote = pauseNote
        self.drainNote = drainNote
    }

    /// The order to give up what only the primary of one epoch has. Once anybody else was promoted it means nothing.
    package struct Promotion: Equatable, Sendable {
        package var id: UInt64
        /// In which the last primary was promoted.
        package var epoch: UInt64
        package var target: String
        /// Who ordered it, and why, in words.
        package var note: String?

        package init(id: UInt64, epoch: UInt64, target: String, note: String? = nil) {
            self.id = id
            self.epoch = epoch
            self.target = target
            self.note = note
        }
    }

    /// The order to end one epoch: in any other it means nothing, so it cannot be obeyed twice.
    package struct Switchover: Equatable, Sendable {
        package var id: UInt64
        package var epoch: UInt64
        /// `nil`: whoever is next in order.
        package var target: String?
        /// It waits, for as long as it stands, for a target that cannot take over yet.
        package var isPatient: Bool
        /// Who ordered it, and why, in words.
        package var note: String?

        package init(
            id: UInt64, epoch: UInt64, target: String? = nil, isPatient: Bool = false, note: String? = nil
        ) {
            self.id = id
            self.epoch = epoch
            self.target = target
            self.isPatient = isPatient
            self.note = note
        }
    }
}

/// Who is next, and when an active member hands over although nothing failed.
extension LeasedMember {
    package mutating func ordersChanged(_ orders: Orders, at now: Instant) -> [MemberDirective] {
        guard orders != self.orders else { return [] }
        let before = self.orders
        self.orders = orders
        var directives: [MemberDirective] = []
        if orders.isPaused != before.isPaused {
            directives.append(
                orders.isPaused
                    ? decided("is paused\(Self.by(orders.pauseNote)): nobody takes over", epoch: epoch, as: .paused)
                    : decided("is not paused any more", epoch: epoch, as: .resumed))
        }
        if orders.isDrained != before.isDrained {
            directives.append(
                orders.isDrained
                    ? decided("is drained\(Self.by(orders.drainNote))", epoch: epoch, as: .drained)
                    : decided("is not drained any more", epoch: epoch, as: .undrained))
        }
        return directives + timeReached(at: now)
    }

    /// - Parameter problem: why the gate is closed, in words; `nil`: it is open.
    package mutating func gateChanged(_ problem: String?, at now: Instant) -> [MemberDirective] {
        let gate: Gate = if let problem { .closed(problem) } else { .open }
        guard settings.isGated, gate != self.gate else { return [] }
        self.gate = gate
        return timeReached(at: now)
    }

    /// Why the lease cannot be handed to that host, in words; `nil` where it can. With `nil` as the host: to anybody.
    package func refusal(ofSuccessor host: String?, at now: Instant) -> String? {
        guard let host else {
            guard availableSuccessor(preferring: nil, at: now) == nil else { return nil }
            let others = candidatesInOrder.filter { $0 != settings.host }
            guard !others.isEmpty else { return "there is no other candidate" }
            return "no other member can take over: "
                + others.map { refusal(ofSuccessor: $0, at: now) ?? "\($0) can" }.joined(separator: "; ")
        }
        if host == settings.host { return "\(host) is the active member already" }
        guard settings.members.contains(host) else { return "\(host) is no member" }
        guard settings.candidates.contains(where: { $0.host == host }) else { return "\(host) is no candidate" }
        guard let peer = peers[host] else { return "nothing was heard of \(host) yet" }
        guard now < peer.seen + settings.freshness, !peer.suspicion.isSuspected(at: now) else {
            return "nothing was heard of \(host) for \((now - peer.seen).roundedText)"
        }
        guard peer.readySince != nil else {
            return "\(host) is not ready: \(peer.problem ?? "it does not say why")"
        }
        return dataRefusal(ofSuccessor: host)
    }

    var isDrained: Bool { orders.isDrained }

    /// Whether this member is allowed to replace the record, its age apart.
    func mayReplace(_ record: LeaseRecord?) -> Bool {
        guard let record else { return !orders.isPaused }
        if orders.isPaused, record.holder != settings.host, !(record.released && record.successor == settings.host) {
            return false
        }
        // Rule 13: a holder that cannot reach the store asks those whom its record names, and nobody else.
        return record.released || record.members.isEmpty || record.members.contains(settings.host)
    }

    mutating func handOverIfDue(_ holding: Holding, at now: Instant) -> [MemberDirective] {
        // Whoever stops while the store is away cannot release the lease, and nobody could take it.
        guard storeAnswersLately(holding, at: now) else { return [] }
        if let order = orders.switchover, order.epoch == holding.epoch, order.id != answeredSwitchover {
            let pause = order.isPatient && orders.isPaused ? "the cluster is paused" : nil
            if let refusal = pause ?? refusal(ofSuccessor: order.target, at: now) {
                // A scheduled one has the whole of its time: what keeps the target away may pass.
                guard !order.isPatient else {
                    guard waitingSwitchover != order.id else { return [] }
                    waitingSwitchover = order.id
                    return [decided("waits to switch over: \(refusal)", epoch: holding.epoch)]
                }
                answeredSwitchover = order.id
                return [decided("does not switch over: \(refusal)", epoch: holding.epoch, as: .refused)]
            }
            answeredSwitchover = order.id
            let target = order.target ?? availableSuccessor(preferring: nil, at: now)
            let whom = target ?? "another member"
            return handOver(
                holding, to: target, because: "was told to switch over to \(whom)\(Self.by(order.note))")
        }
        let cause: String
        if isDrained {
            cause = "its host is drained"
        } else if case .closed(let problem) = gate {
            cause = problem
        } else if let due = giveBackAt(at: now), due <= now {
            cause = "gives back to the preferred member"
        } else {
            return []
        }
        // With nobody to take over, a member that should not serve is better than none.
        guard !orders.isPaused, let target = availableSuccessor(preferring: nil, at: now) else { return [] }
        if !isDrained, gate == .open { gaveBackAt = now }
        return handOver(holding, to: target, because: "\(cause): hands over to \(target)")
    }

    private static func by(_ note: String?) -> String { note.map { " \($0)" } ?? "" }

    /// Whether what was written last was acknowledged, and not long ago.
    private func storeAnswersLately(_ holding: Holding, at now: Instant) -> Bool {
        let isLate = holding.deadline + settings.timing.renew * 2 < now + settings.timing.stop
        return hold == nil && !failsafe.isRelied && !isStoreSilent && !isLate
    }

    /// A member that gets back soon what it gave back gives it back less and less often: the preferred one says that it
    /// is ready, and fails each time.
    mutating func countGiveBack(at now: Instant) {
        guard let after = settings.giveBackAfter, let before = gaveBackAt else { return }
        vainGiveBacks = now < before + after ? min(vainGiveBacks + 1, Self.maximumVainGiveBacks) : 0
        gaveBackAt = nil
    }

    private static let maximumVainGiveBacks = 8

    /// When the first candidate has been ready for long enough; `nil` where it is not, or nothing is given back.
    func giveBackAt(at now: Instant) -> Instant? {
        guard let after = settings.giveBackAfter, let first = settings.candidates.first?.host, first != settings.host,
            isAvailable(first, at: now), let since = peers[first]?.readySince
        else { return nil }
        return since + after * (1 << vainGiveBacks)
    }

    private mutating func handOver(
        _ holding: Holding, to target: String?, because cause: String
    ) -> [MemberDirective] {
        successor = target
        return stopWorkload(holding: holding, because: cause, as: .handover)
    }
}

/// The order of candidates.
extension LeasedMember {
    /// More data first, where there are any; then higher priority; among equals those that do not share the failure domain of the last holder, for what
    /// ended that one may be about to end them.
    var candidatesInOrder: [String] {
        let zone = lastZone
        return settings.candidates.indices.sorted { goes($0, before: $1, lastZone: zone) }.map {
            settings.candidates[$0].host
        }
    }

    /// How many candidates go first: those that are preferred, were heard of lately and would take the lease.
    func rank(at now: Instant) -> Int {
        let candidates = settings.candidates
        guard let own = candidates.firstIndex(where: { $0.host == settings.host }) else { return candidates.count }
        let zone = lastZone
        return candidates.indices.count {
            $0 != own && goes($0, before: own, lastZone: zone) && isAvailable(candidates[$0].host, at: now)
        }
    }

    private var lastZone: String? {
        let holder = observation?.value.record?.holder
        return settings.candidates.first { $0.host == holder }?.zone
    }

    private func goes(_ left: Int, before right: Int, lastZone: String?) -> Bool {
        let (a, b) = (settings.candidates[left], settings.candidates[right])
        let (dataOfA, dataOfB) = (dataOrder(of: a.host), dataOrder(of: b.host))
        if dataOfA != dataOfB { return dataOfA > dataOfB }
        if a.priority != b.priority { return a.priority > b.priority }
        let (isNearA, isNearB) = (lastZone != nil && a.zone == lastZone, lastZone != nil && b.zone == lastZone)
        return isNearA == isNearB ? left < right : isNearB
    }

    func isAvailable(_ host: String, at now: Instant) -> Bool {
        guard let peer = peers[host], peer.readySince != nil else { return false }
        return now < peer.seen + settings.freshness && !peer.suspicion.isSuspected(at: now)
    }

    func availableSuccessor(preferring host: String?, at now: Instant) -> String? {
        if let host, host != settings.host, isAvailable(host, at: now) { return host }
        return candidatesInOrder.first { $0 != settings.host && isAvailable($0, at: now) }
    }
}
