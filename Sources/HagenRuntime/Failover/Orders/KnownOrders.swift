internal import FoundationEssentials
internal import Hagen
internal import HagenEngine

/// The orders of operators as this agent last saw them. While the store is lost they stay in force.
struct KnownOrders: Equatable, Sendable {
    private(set) var clusters: [String: ClusterOrder] = [:]
    private(set) var hosts: [String: HostOrder] = [:]

    /// Takes what a read of the whole prefix showed: what is not in it was taken back.
    ///
    /// - Parameter records: keys without the topology's prefix, and their values.
    /// - Returns: what could not be understood, in words; the orders known before stay in force in their place.
    mutating func replace(with records: [(key: String, value: String)]) -> [String] {
        let before = self
        (clusters, hosts) = ([:], [:])
        return records.compactMap { record in
            guard let key = OrderKey(record.key) else { return nil }
            switch key {
            case .cluster(let name): clusters[name] = before.clusters[name]
            case .host(let name): hosts[name] = before.hosts[name]
            }
            return take(key, record.value)
        }
    }

    /// - Parameter value: `nil`: the record is gone.
    /// - Returns: what is wrong with the record, in words; the order known before stays in force then.
    mutating func take(_ key: OrderKey, _ value: String?) -> String? {
        guard let value else {
            switch key {
            case .cluster(let name): clusters[name] = nil
            case .host(let name): hosts[name] = nil
            }
            return nil
        }
        do {
            let data = Data(value.utf8)
            switch key {
            case .cluster(let name): clusters[name] = try JSONDecoder().decode(ClusterOrder.self, from: data)
            case .host(let name): hosts[name] = try JSONDecoder().decode(HostOrder.self, from: data)
            }
            return nil
        } catch {
            return "the order '\(key.text)' cannot be read: \(error)"
        }
    }

    /// What the machine of that host's member is to be told. A switchover is told when its time has come.
    func orders(of cluster: String, host: String, at time: WallTime) -> Orders {
        let order = clusters[cluster]
        let switchover = order?.switchover.flatMap { $0.isDue(at: time) ? $0 : nil }
        let (pause, drain) = (order?.pause, hosts[host]?.drained)
        var orders = Orders(
            isPaused: pause != nil, isDrained: drain != nil,
            switchover: switchover.map {
                Orders.Switchover(
                    id: $0.id, epoch: $0.epoch, target: $0.target, isPatient: $0.notBefore != nil, note: $0.note.words)
            }, pauseNote: pause?.words, drainNote: drain?.words)
        if let promotion = order?.promotion, time <= promotion.notAfter {
            orders.promotion = Orders.Promotion(
                id: promotion.id, epoch: promotion.epoch, target: promotion.target, note: promotion.note.words)
        }
        return orders
    }

    /// Whether time alone can change what the machines are to be told.
    var isTimed: Bool { clusters.values.contains { $0.switchover != nil || $0.promotion != nil } }
}
