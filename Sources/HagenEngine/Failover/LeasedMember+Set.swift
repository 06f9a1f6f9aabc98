internal import Hagen

/// What a primary publishes with its renewals, and how its synchronous set changes.
extension LeasedMember {
    struct SetChange: Equatable, Sendable {
        /// What the server was last told to wait for.
        var told: SynchronousSet?
        /// The newest that the server was seen to wait for, and how far the log was then.
        var confirming: Confirming?
        /// When each standby was last seen to stream.
        var streamed: [String: Instant] = [:]
        /// The last number of acknowledgements that was said to be too few.
        var saidExposure: Int?
    }

    struct Confirming: Equatable, Sendable {
        var set: SynchronousSet
        var from: UInt64
    }

    /// How long a standby that has gone keeps its place in the set.
    static let standbyPatience: Duration = .seconds(5)

    /// The set that a new primary begins with: as wide as can be, so that no name has to be chosen.
    func firstSet(_ policy: ReplicationPolicy) -> SynchronousSet? {
        guard case .synchronous(let acknowledgements, _) = policy else { return nil }
        return SynchronousSet(
            primary: settings.host, standbys: settings.members.filter { $0 != settings.host },
            acknowledgements: acknowledgements)
    }

    /// The server is told whom to wait for before it is promoted.
    func firstWait() -> [MemberDirective] {
        guard let policy = settings.replication, let set = firstSet(policy) else { return [] }
        return [.data(.waitFor(set))]
    }

    /// Whether the report is of this epoch's primary.
    var isPrimary: Bool {
        guard let report = data.report, report.role == .primary, report.position != nil, let started = startedAt,
            let reportedAt = data.reportedAt
        else { return false }
        return started <= reportedAt && isAlive
    }

    /// Looks after the set of an active primary.
    mutating func tendData(at now: Instant) -> [MemberDirective] {
        guard settings.replication != nil, case .active(let holding) = phase, isPrimary, let report = data.report,
            let position = report.position
        else { return [] }
        var directives: [MemberDirective] = []
        guard let wanted = wantedSet(at: now) else {
            if publishedData?.epoch != holding.epoch { hastenRenewal(at: now) }
            return []
        }
        directives += sayExposure(wanted, holding)
        if report.waitsFor == wanted {
            if data.set.confirming?.set != wanted {
                data.set.confirming = Confirming(set: wanted, from: position.offset)
            }
        } else {
            data.set.confirming = nil
        }
        switch step(wanted, report) {
        case .none, .confirming: break
        case .publish: hastenRenewal(at: now)
        case .waitFor(let set):
            guard data.set.told != set else { break }
            data.set.told = set
            directives.append(.data(.waitFor(set)))
        }
        return directives
    }

    /// What the record of this write says of the data.
    func dataToWrite(_ kind: LeaseWrite.Kind, epoch: UInt64, at now: Instant) -> PublishedData? {
        let stored = publishedData
        guard settings.replication != nil, kind != .acquire, let holding, holding.epoch == epoch else { return stored }
        if stored?.epoch != epoch, let intended = data.proof.intended, intended.epoch == epoch {
            return kind == .renew ? intended : stored
        }
        guard let report = data.report, let position = report.position else { return stored }
        // A server that was stopped in order has its last word in its files.
        let isLastWord =
            report.role == .stopped && !isAlive && stored?.epoch == epoch
            && stored?.position.isContained(in: position) ?? false
        guard isPrimary || isLastWord else { return stored }
        var written =
            stored.flatMap { $0.epoch == epoch && $0.primary == settings.host ? $0 : nil }
            ?? PublishedData(primary: settings.host, epoch: epoch, position: position, sets: stored?.sets ?? [])
        written.position = position.bounded
        written.publishedAt = report.observedAt
        if isPrimary, let wanted = wantedSet(at: now) {
            if settings.planted == .setNarrowedInStoreFirst {
                written.sets = [wanted]
            } else if case .publish(let sets) = step(wanted, report) {
                written.sets = sets
            }
        }
        // Asynchronous: nothing is confirmed by anybody, and the server waits for nobody any more.
        if case .asynchronous = settings.replication, written.sets.allSatisfy({ $0.acknowledgements == 0 }),
            report.waitsFor?.acknowledgements ?? 0 == 0
        {
            written.sets = []
        }
        return written
    }

    private func step(_ wanted: SynchronousSet, _ report: DataReport) -> SynchronousChange.Step {
        let stored = publishedData?.epoch == holding?.epoch ? publishedData?.sets ?? [] : []
        // What a write in doubt may have taken away is not there.
        let pending = writes.map { Set($0.write.record.data?.sets ?? []) }
        if stored.contains(wanted), !pending.allSatisfy({ $0.contains(wanted) }) { return .confirming }
        return SynchronousChange.step(
            wanted: wanted, stored: stored, server: report.waitsFor,
            confirmedFrom: data.set.confirming.flatMap { $0.set == wanted ? $0.from : nil },
            standbys: report.standbys)
    }

    /// `nil`: asynchronous, and nothing of another policy is left.
    private func wantedSet(at now: Instant) -> SynchronousSet? {
        switch settings.replication {
        case .synchronous(let acknowledgements, let onDegraded):
            // One change after the other: the list of sets must not grow for ever.
            if let sets = publishedData?.sets, sets.count >= PublishedData.maximumSets - 2,
                let last = sets.last, last.primary == settings.host
            {
                return last
            }
            let present = data.set.streamed.filter { now < $0.value + Self.standbyPatience }.map(\.key)
            let current = publishedData?.sets.last.flatMap { $0.primary == settings.host ? $0 : nil }
            // A standby that is about to connect is not given up before it had the time to.
            let isNew = startedAt.map { now < $0 + Self.standbyPatience } ?? false
            let hosts = Set(present).union(isNew ? current?.standbys ?? settings.members : [])
            return SynchronousChange.wanted(
                primary: settings.host, members: settings.members, present: hosts, current: current,
                acknowledgements: acknowledgements, onDegraded: onDegraded)
        case .asynchronous:
            let isLeft = !(publishedData?.sets.isEmpty ?? true) || data.report?.waitsFor?.acknowledgements ?? 0 > 0
            return isLeft ? SynchronousSet(primary: settings.host, standbys: [], acknowledgements: 0) : nil
        case nil: return nil
        }
    }

    private mutating func sayExposure(_ wanted: SynchronousSet, _ holding: Holding) -> [MemberDirective] {
        guard case .synchronous(let count, .continue) = settings.replication else { return [] }
        let exposure = wanted.acknowledgements < count ? wanted.acknowledgements : nil
        guard exposure != data.set.saidExposure else { return [] }
        data.set.saidExposure = exposure
        guard let exposure else {
            return [decided("writes are confirmed by \(wanted.text) again", epoch: holding.epoch, as: .protected)]
        }
        let words = exposure == 0 ? "by no standby: what is lost with this host is lost" : "by \(wanted.text) only"
        return [decided("goes on with writes that are confirmed \(words)", epoch: holding.epoch, as: .exposed)]
    }

    private mutating func hastenRenewal(at now: Instant) {
        guard var holding, isFreeToWrite else { return }
        holding.renewAt = min(holding.renewAt, now)
        replace(holding)
    }
}

extension LeasedMember.DataState {
    mutating func noteStreaming(at now: Instant) {
        guard let report, report.role == .primary else { return }
        for standby in report.standbys where standby.isStreaming { set.streamed[standby.host] = now }
    }
}
