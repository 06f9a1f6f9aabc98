internal import Hagen
internal import HagenEngine
internal import Logging

/// The orders of operators: seen in the store, told to the machines, cleared once they are done.
extension FailoverEngine {
    /// How long an order to switch over at once stands; then nobody wonders why a member moved.
    static let switchoverValidity: Duration = .seconds(30)
    /// How late a scheduled one may be.
    static let scheduleTolerance: Duration = .seconds(300)
    private static let clearingRetry: Duration = .seconds(5)

    /// - Parameter key: the whole key in the store.
    func orderKey(_ key: String) -> String? {
        guard let prefix = configuration.store?.prefix, key.hasPrefix(prefix + OrderKey.prefix) else { return nil }
        return String(key.dropFirst(prefix.count))
    }

    func ordersRead(_ snapshot: StoreSnapshot, at now: Instant) -> FailoverWork {
        let records = snapshot.records.compactMap { record in
            orderKey(record.key).map { (key: $0, value: record.value) }
        }
        for problem in orders.replace(with: records) { note(.noted, problem) }
        return tellOrders(at: now)
    }

    func orderChanged(_ change: StoreChange, at now: Instant) -> FailoverWork {
        guard let text = orderKey(change.key), let key = OrderKey(text) else { return FailoverWork() }
        if let problem = orders.take(key, change.value) { note(.noted, problem) }
        return tellOrders(at: now)
    }

    /// The machines take what they know already for nothing.
    func tellOrders(at now: Instant) -> FailoverWork {
        var work = FailoverWork()
        let time = WallTime.now
        for index in members.indices {
            let told = orders.orders(of: members[index].cluster.name, host: configuration.host, at: time)
            work.add(members[index].machine.lease { $0.ordersChanged(told, at: now) }, of: index)
        }
        return work
    }

    /// Switchovers that are done, refused or too late, each to be removed from its record by the agent whose member is
    /// active: that one has seen what became of it.
    func clearOrders(at now: Instant) -> [FailoverJob] {
        guard orders.isTimed, let orderStore else { return [] }
        let time = WallTime.now
        var jobs: [FailoverJob] = []
        for member in members {
            let name = member.cluster.name
            guard let order = orders.clusters[name]?.switchover, let leased = member.machine.leased, leased.isActive,
                clearing[order.id].map({ $0 <= now }) ?? true
            else { continue }
            if order.epoch < leased.epoch {
                if order.notBefore.map({ time < $0 }) ?? false {
                    note(
                        .orderVoid, "the switchover ordered for epoch \(order.epoch) is void: that epoch has ended",
                        cluster: name, epoch: leased.epoch)
                }
            } else if order.notAfter < time {
                note(
                    .orderVoid, "the switchover ordered \(order.note.words) is void: its time is over", cluster: name,
                    epoch: leased.epoch)
            } else if !refused.contains(order.id) {
                continue
            }
            clearing[order.id] = now + Self.clearingRetry
            if clearing.count > 64 { clearing = clearing.filter { now < $0.value } }
            let logger = logger
            jobs.append(
                FailoverJob {
                    do {
                        _ = try await withDeadline(Self.clearingRetry) {
                            try await orderStore.change(name) {
                                if $0.switchover?.id == order.id { $0.switchover = nil }
                            }
                        }
                    } catch {
                        logger.warning(
                            "cannot clear a switchover that is done: \(error)", metadata: ["cluster": "\(name)"])
                    }
                })
        }
        return jobs
    }

    var orderStore: OrderStore? {
        guard let store, let prefix = configuration.store?.prefix else { return nil }
        return OrderStore(store: store, prefix: prefix)
    }
}
