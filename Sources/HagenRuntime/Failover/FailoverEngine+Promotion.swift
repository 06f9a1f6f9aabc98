internal import Hagen
internal import HagenEngine
internal import Logging

/// Promotion by hand: what it would lose is said before anything is ordered.
extension FailoverEngine {
    /// How long an order stands; the member has to acquire the lease in that time.
    private static let promotionValidity: Duration = .seconds(60)
    private static let clearingRetry: Duration = .seconds(5)

    /// - Returns: the order, and what it loses in words.
    func promotion(
        of member: FailoverMember, to target: String, allowDataLoss: Bool, _ note: OrderNote
    ) throws(EngineFailure) -> (ClusterOrder.Promotion, words: String) {
        let name = member.cluster.name
        let now = Instant.now
        guard let leased = member.machine.leased, member.cluster.replication != nil else {
            throw EngineFailure("cluster '\(name)' has no data of its own: nobody has to be promoted by hand")
        }
        guard member.cluster.members.contains(where: { $0.host == target && $0.candidate }) else {
            let candidates = member.cluster.members.filter(\.candidate).map(\.host).joined(separator: ", ")
            throw EngineFailure("cluster '\(name)': \(target) is no candidate; candidates: \(candidates)")
        }
        if let holder = leased.isActive ? configuration.host : leased.activePrimary(at: now) {
            throw EngineFailure(
                "cluster '\(name)' has an active member, \(holder): use 'hagen switchover \(name) --to \(target)', which loses nothing"
            )
        }
        guard let published = leased.publishedData else {
            throw EngineFailure("cluster '\(name)' never had a primary: there is nothing to give up")
        }
        guard let loss = leased.loss(promoting: target) else {
            throw EngineFailure(
                "cluster '\(name)': nothing is known of the data of \(target): its agent was not heard of, or cannot read them"
            )
        }
        guard allowDataLoss else {
            let since = published.publishedAt.map { time in
                ", \(Duration.milliseconds(max(note.since.milliseconds - time.milliseconds, 0)).text) ago"
            }
            throw EngineFailure(
                "cluster '\(name)' does not promote \(target): it would lose \(loss.text)\(since ?? ""). "
                    + "Bring \(published.primary) back, or accept that with '--allow-data-loss'")
        }
        let order = ClusterOrder.Promotion(
            id: .random(in: .min ... .max), epoch: published.epoch, target: target, note: note,
            notAfter: note.since + Self.promotionValidity)
        return (order, loss.text)
    }

    /// Orders that were carried out, that somebody else's promotion has made void, or that are too late.
    func clearPromotions(at now: Instant) -> [FailoverJob] {
        guard orders.isTimed, let orderStore else { return [] }
        let time = WallTime.now
        return members.compactMap { member -> FailoverJob? in
            let name = member.cluster.name
            guard let order = orders.clusters[name]?.promotion, let leased = member.machine.leased,
                clearing[order.id].map({ $0 <= now }) ?? true,
                order.notAfter < time || leased.publishedData.map({ $0.epoch > order.epoch }) ?? false
            else { return nil }
            clearing[order.id] = now + Self.clearingRetry
            let logger = logger
            return FailoverJob {
                do {
                    _ = try await withDeadline(Self.clearingRetry) {
                        try await orderStore.change(name) {
                            if $0.promotion?.id == order.id { $0.promotion = nil }
                        }
                    }
                } catch {
                    logger.warning(
                        "cannot clear a promotion that is done: \(error)", metadata: ["cluster": "\(name)"])
                }
            }
        }
    }
}
