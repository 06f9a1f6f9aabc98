internal import Hagen

/// A cluster with data: what is known of it here and elsewhere, and who may try to become the primary.
///
/// Everything here is without effect where `settings.replication` is `nil`.
///
///     phase      event                                    next        directives
///     watching   own data may not become the primary's    watching    (no attempt; the reason is said)
///     watching   asked to report, has stopped receiving   watching    report
///     watching   asked to report, receives still          watching    stopReceiving; report follows the next report
///     watching   the server takes writes                  clearing    kill (promoted by somebody else)
///     securing   not proved yet (see `+Proof`)            securing    gather, stopReceiving
///     securing   proved                                   securing    write renew with the new primary
///     securing   that renewal is known                    active      waitFor, then start or promote
///     securing   another has more                         releasing   write release to it
///     securing   not proved for long                      releasing   write release
///     active     the set is to change (see `+Set`)        active      write renew, waitFor
extension LeasedMember {
    struct DataState: Equatable, Sendable {
        var report: DataReport?
        var reportedAt: Instant?
        /// What the others said of theirs with their greetings: it puts candidates in order and decides nothing.
        var positions: [String: ReplicationPosition] = [:]
        /// The question that is to be answered once nothing is received any more.
        var question: Question?
        var proof = Proof()
        var set = SetChange()
        /// The last refusal that was said, without its figures.
        var saidRefusal: String?
        /// What this host was last told to follow.
        var followed: DataReport.Upstream?
        var forced = ForcedPromotion()
    }

    struct Question: Equatable, Sendable {
        var host: String
        var epoch: UInt64
        var round: UInt64
    }

    /// What the adapter observed.
    package mutating func dataReported(_ report: DataReport, at now: Instant) -> [MemberDirective] {
        guard settings.replication != nil else { return [] }
        var directives = expire(at: now)
        data.report = report
        data.reportedAt = now
        data.noteStreaming(at: now)
        // An order can be lost: whatever the report does not show is ordered again.
        if report.upstream != data.followed { data.followed = nil }
        if report.waitsFor != data.set.told { data.set.told = nil }
        directives += fenceForeignPromotion()
        directives += answerQuestion()
        return directives + advance(at: now)
    }

    /// What another member's greeting says of its data.
    package mutating func peerDataSeen(_ host: String, _ position: ReplicationPosition?) {
        guard settings.replication != nil, settings.members.contains(host), host != settings.host else { return }
        data.positions[host] = position
    }

    /// A holder that is not promoted yet asks this member to stop receiving and to report.
    package mutating func reportAsked(
        by host: String, epoch: UInt64, round: UInt64, at now: Instant
    ) -> [MemberDirective] {
        guard settings.replication != nil else { return [] }
        var directives = expire(at: now)
        let known = max(memory?.epoch ?? 0, observation?.value.record?.epoch ?? 0)
        // A server that may still take writes as the primary of an older epoch has nothing to report.
        guard phase == .watching, host != settings.host, settings.members.contains(host), epoch >= known,
            epoch - known <= Self.furthestEpoch
        else { return directives + advance(at: now) }
        data.question = Question(host: host, epoch: epoch, round: round)
        directives += answerQuestion()
        if data.question != nil { directives.append(.data(.stopReceiving(below: epoch))) }
        return directives + advance(at: now)
    }

    private mutating func answerQuestion() -> [MemberDirective] {
        guard let question = data.question, let report = data.report, phase == .watching,
            report.role != .primary, report.stoppedBelow >= question.epoch
        else { return [] }
        data.question = nil
        // Data that are not what they were prove nothing.
        guard let position = report.position, report.obstacle?.keepsPosition ?? true else { return [] }
        return [
            .data(
                .report(
                    to: question.host, epoch: question.epoch, round: question.round, position: position.bounded))
        ]
    }

    /// A server that somebody promoted past the lease is ended at once.
    private mutating func fenceForeignPromotion() -> [MemberDirective] {
        guard data.report?.role == .primary, phase == .watching, isAlive, workload?.state == .running else { return [] }
        phase = .clearing(Clearing(holding: nil, isKilled: true))
        return [
            decided("its server takes writes without the lease: kills it", epoch: epoch, as: .workloadKilled),
            .kill(run: run),
        ]
    }

    /// The primary's last word, as the store has it.
    package var publishedData: PublishedData? { observation?.value.record?.data }

    /// What was observed of this host's data.
    package var dataReport: DataReport? { data.report }

    /// Where another member said its data stands.
    package func dataPosition(of host: String) -> ReplicationPosition? {
        host == settings.host ? data.report?.position : data.positions[host]
    }

    /// Why this member's data keeps it from trying to become the primary; `nil`: it does not.
    package func dataRefusal(at now: Instant) -> Promotion.Refusal? {
        guard let policy = settings.replication else { return nil }
        if settings.planted == .highestTimelineWins { return data.report == nil ? .notObserved : nil }
        let refusal =
            Promotion.refusal(
                of: settings.host, data.report, policy: policy, published: publishedData,
                othersHaveData: !data.positions.isEmpty) ?? missingReports(at: now)
        return isForced(past: refusal) ? nil : refusal
    }

    /// Rule 11: with those who are not heard of no proof can succeed, so that nobody need try: after an outage of all the
    /// members wait for the last primary, or for enough of those that it waited for.
    private func missingReports(at now: Instant) -> Promotion.Refusal? {
        guard phase == .watching, let published = publishedData, !published.sets.isEmpty else { return nil }
        let heard = peers.filter { now < $0.value.seen + settings.freshness && data.positions[$0.key] != nil }.keys
        let hosts = Set(heard).union([settings.host])
        let open = published.sets.filter { !$0.isCovered(by: hosts) }
        guard !open.isEmpty else { return nil }
        return .unproved(missing: Set(open.flatMap { $0.standbys + [$0.primary] }).subtracting(hosts).sorted())
    }

    /// From here on a planned switchover would be a long one: the log of a few seconds at most.
    static let switchoverLagInBytes: UInt64 = 16 << 20

    /// Why that host's data keeps it from being handed the lease, in words; `nil`: it does not.
    func dataRefusal(ofSuccessor host: String) -> String? {
        guard let policy = settings.replication, let own = data.report?.position else { return nil }
        guard let theirs = data.positions[host] else { return "\(host) does not say how far its data is" }
        switch theirs.relation(to: own) {
        case .same, .ahead: return nil
        case .behind(let bytes):
            var maximum = Self.switchoverLagInBytes
            if case .asynchronous(let lag) = policy { maximum = min(maximum, lag) }
            return bytes <= maximum
                ? nil : "\(host) is \(bytes) bytes behind \(settings.host), at most \(maximum) are allowed"
        case .diverged(let offset):
            return "the data of \(host) left the history of \(settings.host)'s at \(LogOffset(bytes: offset))"
        case .foreign: return "the data of \(host) is of another database"
        }
    }

    /// Says once why nobody takes over here although the lease could be had.
    mutating func sayDataRefusal(at now: Instant) -> [MemberDirective] {
        guard settings.replication != nil, settings.isCandidate else { return [] }
        guard let refusal = dataRefusal(at: now), data.report != nil, holder(at: now) == nil, observation != nil else {
            data.saidRefusal = nil
            return []
        }
        let kind = refusal.text.filter { !$0.isNumber }
        guard kind != data.saidRefusal else { return [] }
        data.saidRefusal = kind
        return [decided("does not take over: \(refusal.text)", epoch: epoch, as: .refused)]
    }

    /// Follows whoever is the primary of the newest epoch that this host has not promised to leave behind.
    mutating func followPrimary() -> [MemberDirective] {
        guard settings.replication != nil, phase == .watching, let published = publishedData,
            published.primary != settings.host, let report = data.report, published.epoch >= report.stoppedBelow,
            observation?.value.record?.released == false, report.role != .primary
        else { return [] }
        let upstream = DataReport.Upstream(host: published.primary, epoch: published.epoch)
        guard report.upstream != upstream, data.followed != upstream else { return [] }
        data.followed = upstream
        return [.data(.follow(upstream))]
    }

    /// How much of the cluster's data a candidate has, for the order of candidates: more goes first.
    func dataOrder(of host: String) -> UInt64 {
        guard settings.replication != nil, let position = dataPosition(of: host) else { return 0 }
        guard let published = publishedData else { return position.offset }
        switch position.relation(to: published.position) {
        case .same, .ahead, .behind: return position.offset
        case .diverged, .foreign: return 0
        }
    }
}
