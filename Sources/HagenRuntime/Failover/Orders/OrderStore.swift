internal import FoundationEssentials
internal import Hagen

/// Changes the records of orders, each change by compare-and-swap.
struct OrderStore: Sendable {
    private static let attempts = 5
    let store: any CoordinationStore
    let prefix: String

    /// Changes what was ordered of a cluster. An order with nothing in it is removed.
    ///
    /// - Parameter change: applied to the record as it is; it may be applied more than once.
    /// - Returns: what was ordered before.
    @discardableResult
    func change(_ cluster: String, _ change: @Sendable (inout ClusterOrder) -> Void) async throws -> ClusterOrder {
        try await swap(.cluster(cluster)) { value in
            let before = try value.map { try JSONDecoder().decode(ClusterOrder.self, from: $0) } ?? ClusterOrder()
            var order = before
            change(&order)
            return (order.isEmpty ? nil : try text(order), before)
        }
    }

    @discardableResult
    func change(host: String, _ change: @Sendable (inout HostOrder) -> Void) async throws -> HostOrder {
        try await swap(.host(host)) { value in
            let before = try value.map { try JSONDecoder().decode(HostOrder.self, from: $0) } ?? HostOrder()
            var order = before
            change(&order)
            return (order.isEmpty ? nil : try text(order), before)
        }
    }

    private func text(_ order: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(order), as: UTF8.self)
    }

    /// - Throws: where the store does not answer, then the outcome is not known, and where others were faster each time.
    private func swap<Order>(
        _ order: OrderKey, _ change: (Data?) throws -> (value: String?, before: Order)
    ) async throws -> Order {
        let key = prefix + order.text
        for _ in 0..<Self.attempts {
            let record = try await store.read(prefix: key).records.first { $0.key == key }
            let (value, before) = try change(record.map { Data($0.value.utf8) })
            guard value != record?.value else { return before }
            let result = try await store.commit([
                CompareAndSwap(key: key, expected: record?.revision ?? 0, commitID: record?.commitID, value: value)
            ])
            if case .committed = result.outcomes.first { return before }
        }
        throw EngineFailure("others changed the order '\(order.text)' again and again: ask once more")
    }
}
