internal import Hagen
internal import HagenEngine
internal import Logging

/// Keeps why every decision was made, for the person who reads it afterwards.
extension FailoverEngine {
    func record(_ decision: MemberDecision, of index: Int, at now: Instant) {
        let cluster = members[index].cluster.name
        logger.info("\(decision.reason)", metadata: ["cluster": "\(cluster)", "epoch": "\(decision.epoch)"])
        events.add(
            decision.kind, cluster: cluster, epoch: decision.epoch, words: decision.reason,
            evidence: members[index].machine.leased?.evidence(at: now))
        if decision.kind == .refused, let order = orders.clusters[cluster]?.switchover, order.epoch == decision.epoch {
            refused.insert(order.id)
            if refused.count > 64 { refused = [order.id] }
        }
    }

    /// What the agent sees of the world, or does besides its machines' decisions.
    func note(_ kind: EventKind, _ words: String, cluster: String? = nil, epoch: UInt64 = 0) {
        events.add(kind, cluster: cluster, epoch: epoch, words: words)
    }
}
