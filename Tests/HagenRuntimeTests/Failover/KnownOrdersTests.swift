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

/// Goal: the next opening of a maintenance window is found by the host's local time, over midnight and weekdays too.
@Suite struct MaintenanceCalendarTests {
    /// The wall clock of this host shows that on that day, whatever its time zone is.
    private func local(_ day: Int32, _ hour: Int32, _ minute: Int32) -> WallTime {
        var parts = tm()
        (parts.tm_year, parts.tm_mon, parts.tm_mday) = (126, 10, day)
        (parts.tm_hour, parts.tm_min, parts.tm_isdst) = (hour, minute, -1)
        return WallTime(milliseconds: Int64(mktime(&parts)) * 1000)
    }

    @Test func theNextOpeningIsFound() throws {
        // The 24th of November 2026 is a Tuesday.
        let window = Model.MaintenanceWindow(
            days: ["tuesday", "saturday"], start: "23:00", duration: .seconds(2 * 3600))
        let before = try #require(window.opening(at: local(24, 12, 0)))
        #expect(before.from == local(24, 23, 0) && before.until == local(25, 1, 0))
        let within = try #require(window.opening(at: local(25, 0, 30)))
        #expect(within.from == local(25, 0, 30) && within.until == local(25, 1, 0))
        let after = try #require(window.opening(at: local(25, 1, 0)))
        #expect(after.from == local(28, 23, 0))
        let daily = Model.MaintenanceWindow(days: [], start: "02:00", duration: .seconds(3600))
        #expect(daily.opening(at: local(24, 3, 0))?.from == local(25, 2, 0))
    }

    @Test func whatIsNoWindowNeverOpens() {
        for start in ["25:00", "noon", "12"] {
            #expect(Model.MaintenanceWindow(start: start, duration: .seconds(60)).opening(at: .now) == nil)
        }
        #expect(
            Model.MaintenanceWindow(days: ["someday"], start: "12:00", duration: .seconds(60)).opening(at: .now) == nil)
    }
}

/// Goal: a gate sees who listens, by the kernel's own tables, whatever address the listener chose.
@Suite struct ListeningPortsTests {
    @Test func addressesOfBothFamiliesAreFound() {
        let four = """
              sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
               0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0
               1: 0100007F:1F91 0100007F:9999 01 00000000:00000000 00:00000000 00000000     0        0 2 1 0
            """
        let six = """
              sl  local_address                         remote_address                        st
               0: 00000000000000000000000000000000:0050 00000000000000000000000000000000:0000 0A 0
               1: B80D0120000000000000000001000000:01BB 00000000000000000000000000000000:0000 0A 0
            """
        let ports = ListeningPorts(tables: [four, six])
        for (address, port, isThere) in [
            ("127.0.0.1", 8080, true), ("127.0.0.1", 8081, false), ("127.0.0.2", 8080, false), ("10.9.8.7", 80, true),
            ("2001:db8::1", 443, true), ("2001:db8::2", 443, false), ("2001:db8::2", 80, true),
        ] {
            let target = IPAddress(address).map { SocketAddress($0, port: port) }
            #expect(target.map { ports.contain($0) } == isThere, "\(address):\(port)")
        }
    }

    @Test func aRealListenerIsSeenUntilItIsClosed() throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && listen(descriptor, 1) == 0
                    && getsockname(descriptor, $0, &length) == 0
            }
        }
        try #require(isBound)
        let target = SocketAddress(IPAddress(ipv4: [127, 0, 0, 1]), port: Int(UInt16(bigEndian: address.sin_port)))
        #expect(ListeningPorts.read().contain(target))
        close(descriptor)
        #expect(!ListeningPorts.read().contain(target))
    }
}
