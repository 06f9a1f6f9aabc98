import Foundation
import Hagen
import Testing

@testable import HagenRuntime

/// Goal: a member whose gate has not been looked at, or is closed, does not become active; one that an agent finds running does
/// not stop because a new agent has not looked yet.
@Suite(.serialized, .timeLimit(.minutes(2)))
struct GateProcessTests {
    @Test func closedGateKeepsAMemberFromActingAndAnOpenOneLetsIt() async throws {
        let address = SocketAddress(IPAddress(ipv4: [127, 0, 0, 1]), port: try freePort())
        let hosts = try FailoverHosts(["a"]) {
            $0.gate = .listener(address)
            // Long enough for an agent to start on a machine that is busy with other tests.
            $0.lease = LeaseTiming(duration: .seconds(3), renew: .milliseconds(400), stop: .milliseconds(2400))
        }
        try await hosts.coordinator.start()
        try hosts.start("a")
        let closed = try await hosts.waitUntil("a") { $0.gate != nil && $0.leaseAge == nil }
        #expect(closed.gate == "nothing listens at \(address) on this host")
        #expect(closed.problem == closed.gate)
        // Without its gate it would take the lease after 3 s.
        let end = ContinuousClock.now + .seconds(4)
        while ContinuousClock.now < end {
            #expect(try await hosts.status(of: "a").role == .standby)
            try await Task.sleep(for: .milliseconds(50))
        }
        #expect(hosts.lines().isEmpty)

        let listener = try Self.listener(at: address)
        defer { close(listener) }
        let active = try await hosts.active()
        #expect(active.gate == nil)
        let before = try await hosts.waitForLines { $0.count > 5 }

        // The workload lives on under its supervisor, and a new agent adopts it before it has looked at the gate.
        try await hosts.end("a", SIGKILL)
        try hosts.start("a")
        let adopted = try await hosts.active()
        #expect(adopted.epoch == active.epoch)
        #expect(adopted.processID == active.processID)
        let count = hosts.lines().count
        let after = try await hosts.waitForLines { $0.count > count + 50 }
        #expect(Set(after.map(\.processID)) == Set(before.map(\.processID)))
        hosts.expectNeverTwoActive()
    }

    private static func listener(at address: Hagen.SocketAddress) throws -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        name.sin_port = UInt16(address.port).bigEndian
        let isListening = withUnsafePointer(to: &name) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0 && listen(descriptor, 8) == 0
            }
        }
        try #require(isListening)
        return descriptor
    }
}
