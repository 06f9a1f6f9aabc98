import Foundation
import Hagen
import HagenEngine
import Testing

@testable import HagenRuntime

/// Goal: records of orders become what machines are told, when it is time, and a record that cannot be read changes nothing.
@Suite struct KnownOrdersTests {
    private static let since = WallTime(milliseconds: 1_700_000_000_000)
    private static let note = OrderNote(by: "root@a", reason: nil, since: since)

    private func text(_ order: some Encodable) throws -> String {
        String(decoding: try JSONEncoder().encode(order), as: UTF8.self)
    }

    @Test func aSwitchoverIsToldWhenItsTimeHasCome() throws {
        var known = KnownOrders()
        let order = ClusterOrder(
            switchover: ClusterOrder.Switchover(
                id: 7, epoch: 3, target: "b", note: Self.note, notBefore: Self.since + .seconds(10),
                notAfter: Self.since + .seconds(20)))
        #expect(known.take(.cluster("shop"), try text(order)) == nil)
        let told = [9, 10, 20, 21].map {
            known.orders(of: "shop", host: "a", at: Self.since + .seconds($0)).switchover?.id
        }
        #expect(told == [nil, 7, 7, nil])
        #expect(known.isTimed)
        #expect(known.orders(of: "other", host: "a", at: Self.since + .seconds(10)) == Orders())
    }

    @Test func aDrainConcernsItsHostAlone() throws {
        var known = KnownOrders()
        #expect(known.take(.host("a"), try text(HostOrder(drained: Self.note))) == nil)
        #expect(known.orders(of: "shop", host: "a", at: Self.since).isDrained)
        #expect(!known.orders(of: "shop", host: "b", at: Self.since).isDrained)
        #expect(known.take(.host("a"), nil) == nil)
        #expect(!known.orders(of: "shop", host: "a", at: Self.since).isDrained)
    }

    @Test func anUnreadableRecordLeavesTheOrderInForce() throws {
        var known = KnownOrders()
        let paused = try text(ClusterOrder(pause: Self.note))
        #expect(known.replace(with: [("control/clusters/shop", paused)]).isEmpty)
        let problems = known.replace(with: [("control/clusters/shop", "{"), ("control/else/x", "{")])
        #expect(problems.count == 1 && problems[0].contains("control/clusters/shop"), "\(problems)")
        #expect(known.orders(of: "shop", host: "a", at: Self.since).isPaused)
        #expect(known.replace(with: []).isEmpty)
        #expect(!known.orders(of: "shop", host: "a", at: Self.since).isPaused)
    }
}
