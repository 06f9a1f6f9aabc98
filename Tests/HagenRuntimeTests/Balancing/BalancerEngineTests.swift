import FoundationEssentials
import Hagen
import HagenEngine
import Testing

@testable import HagenRuntime

/// The balancer's shell: checks, leases, eligibility, drain; with real sockets and a store in memory.
@Suite(.serialized, .timeLimit(.minutes(3)))
struct BalancerEngineTests {
    private static let prefix = "/hagen/test/"

    @Test("Checks decide who is eligible, and each change stands in the log with its reason")
    func checks() async throws {
        let first = try SmallServer("a")
        let second = try SmallServer("b")
        defer { second.stop() }
        try await EngineUnderTest.run(.tcp, [("a", first.address), ("b", second.address)]) { test in
            #expect(await becomesTrue { await test.eligible() == ["a", "b"] })
            first.stop()
            #expect(await becomesTrue { await test.eligible() == ["b"] })
            #expect(await test.healthy() == ["b"])
            #expect(test.log.contains("backend is not eligible", "backend=a", "Connection refused"))
            let again = try SmallServer("a", port: first.address.port)
            defer { again.stop() }
            #expect(await becomesTrue { await test.eligible() == ["a", "b"] })
            #expect(test.log.contains("backend is eligible", "backend=a", "reason=healthy"))
        }
    }

    @Test("A killed backend leaves as soon as traffic meets it, long before its checks would say so")
    func suspicion() async throws {
        let first = try SmallServer("a")
        let second = try SmallServer("b")
        defer { second.stop() }
        try await EngineUnderTest.run(.tcp, [("a", first.address), ("b", second.address)]) {
            $0.check?.every = .seconds(60)
        } _: { test in
            #expect(await becomesTrue { await test.eligible() == ["a", "b"] })
            first.stop()
            for _ in 0..<4 { #expect(await test.greeting() == "b") }
            #expect(await becomesTrue(within: .seconds(2)) { await test.eligible() == ["b"] })
        }
    }

    @Test("A check over HTTP looks at the status and at the text")
    func httpCheck() async throws {
        let server = try SmallServer("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nready", speaksFirst: false)
        defer { server.stop() }
        try await EngineUnderTest.run(.http, [("a", server.address)]) {
            $0.check?.kind = .http(path: "/health", status: [200], contains: "ready")
            $0.check?.fall = 1
        } _: { test in
            #expect(await becomesTrue { await test.eligible() == ["a"] })
            server.say("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbusy")
            #expect(await becomesTrue { await test.eligible() == [] })
            #expect(test.log.contains("backend is unhealthy", "does not contain 'ready'"))
            server.say("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nready")
            #expect(await becomesTrue { await test.eligible() == ["a"] })
            server.say("HTTP/1.1 500 No\r\nContent-Length: 5\r\n\r\nready")
            #expect(await becomesTrue { await test.eligible() == [] })
            #expect(test.log.contains("backend is unhealthy", "status 500"))
        }
    }

    /// Holds a lease in the store as an agent does.
    private struct Holder {
        let store: any CoordinationStore
        let key: String

        func write(_ holder: String, epoch: UInt64, released: Bool = false) async throws {
            let record = LeaseRecord(
                holder: holder, epoch: epoch, nonce: UInt64.random(in: 0 ... .max), duration: .seconds(1),
                released: released)
            let value = String(decoding: try JSONEncoder().encode(record), as: UTF8.self)
            let found = try await store.read(prefix: key).records.first { $0.key == key }
            _ = try await store.commit([CompareAndSwap(key: key, expected: found?.revision ?? 0, value: value)])
        }

        /// Renews until the task is cancelled.
        func hold(_ holder: String, epoch: UInt64) async throws {
            while !Task.isCancelled {
                try await write(holder, epoch: epoch)
                try await Task.sleep(for: .milliseconds(100))
            }
        }
    }

    private static func following(_ listener: inout BalancerConfiguration.Listener) {
        listener.selection = .active(leaseDuration: DurationText(wrappedValue: .seconds(1)))
    }

    @Test("The holder of the lease alone is eligible, while its lease is seen to change")
    func followsLease() async throws {
        let servers = try [SmallServer("a"), SmallServer("b")]
        defer { for server in servers { server.stop() } }
        let store = InMemoryStore()
        let holder = Holder(store: store, key: Self.prefix + LeaseKey.of(cluster: "app"))
        try await holder.write("b", epoch: 3)
        try await EngineUnderTest.run(
            .tcp, [("a", servers[0].address), ("b", servers[1].address)], store: store, Self.following
        ) { test in
            #expect(await becomesTrue { await test.healthy() == ["a", "b"] })
            // The record that was found may be of anybody who died long ago.
            #expect(await test.eligible() == [])
            let first = Task { try await holder.hold("b", epoch: 3) }
            #expect(await becomesTrue { await test.eligible() == ["b"] })
            for _ in 0..<5 { #expect(await test.greeting() == "b") }
            first.cancel()
            _ = await first.result
            // Nobody renews: it ends by itself, and not before its time.
            #expect(await becomesTrue(within: .seconds(3)) { await test.eligible() == [] })
            #expect(
                await becomesTrue { test.log.contains("backend is not eligible", "backend=b", "not seen to change") })
            let second = Task { try await holder.hold("a", epoch: 4) }
            #expect(await becomesTrue { await test.eligible() == ["a"] })
            #expect(await test.greeting() == "a")
            second.cancel()
            _ = await second.result
            // An older epoch is refused, however fresh its record is.
            try await holder.write("b", epoch: 3)
            #expect(await becomesTrue { test.log.contains("an older epoch is refused") })
            #expect(await test.eligible() == [])
        }
    }

    @Test("A release ends it at once, and waiting clients go to the next holder")
    func release() async throws {
        let servers = try [SmallServer("a"), SmallServer("b")]
        defer { for server in servers { server.stop() } }
        let store = InMemoryStore()
        let holder = Holder(store: store, key: Self.prefix + LeaseKey.of(cluster: "app"))
        try await EngineUnderTest.run(
            .tcp, [("a", servers[0].address), ("b", servers[1].address)], store: store, Self.following
        ) { test in
            let first = Task { try await holder.hold("a", epoch: 1) }
            #expect(await becomesTrue { await test.eligible() == ["a"] })
            first.cancel()
            _ = await first.result
            let released = ContinuousClock.now
            try await holder.write("a", epoch: 1, released: true)
            #expect(await becomesTrue { await test.eligible() == [] })
            #expect(ContinuousClock.now - released < .milliseconds(800))
            async let waiting = test.greeting()
            #expect(await becomesTrue { await test.status().connections == 1 })
            let second = Task { try await holder.hold("b", epoch: 2) }
            defer { second.cancel() }
            #expect(await waiting == "b")
            #expect(await test.status().failures == 0)
        }
    }

    @Test("Standbys are all healthy members but the holder")
    func standbys() async throws {
        let servers = try [SmallServer("a"), SmallServer("b"), SmallServer("c")]
        defer { for server in servers { server.stop() } }
        let store = InMemoryStore()
        let holder = Holder(store: store, key: Self.prefix + LeaseKey.of(cluster: "app"))
        try await holder.write("b", epoch: 1)
        let backends = zip(["a", "b", "c"], servers).map { ($0, $1.address) }
        try await EngineUnderTest.run(.tcp, backends, store: store) {
            $0.selection = .standbys(leaseDuration: DurationText(wrappedValue: .seconds(1)))
        } _: { test in
            #expect(await becomesTrue { await test.eligible() == ["a", "c"] })
            try await holder.write("c", epoch: 2)
            #expect(await becomesTrue { await test.eligible() == ["a", "b"] })
        }
    }

    @Test("A cluster whose name begins with another one's has leases of its own")
    func similarNames() async throws {
        let server = try SmallServer("a")
        defer { server.stop() }
        let store = InMemoryStore()
        let other = Holder(store: store, key: Self.prefix + LeaseKey.of(cluster: "apples"))
        let own = Holder(store: store, key: Self.prefix + LeaseKey.of(cluster: "app", host: "a"))
        try await EngineUnderTest.run(.tcp, [("a", server.address)], store: store, Self.following) { test in
            let wrong = Task { try await other.hold("a", epoch: 1) }
            #expect(await becomesTrue { await test.healthy() == ["a"] })
            #expect(!(await becomesTrue(within: .milliseconds(300)) { await !test.eligible().isEmpty }))
            wrong.cancel()
            // The member's own lease of an active-active cluster counts.
            let right = Task { try await own.hold("a", epoch: 1) }
            defer { right.cancel() }
            #expect(await becomesTrue { await test.eligible() == ["a"] })
        }
    }

    @Test("What has no engine yet is refused at the start, in words")
    func refused() throws {
        let address = SocketAddress(IPAddress(ipv4: [127, 0, 0, 1]), port: 1)
        func faults(_ change: (inout BalancerConfiguration.Listener) -> Void) throws -> String {
            BalancerEngine.faults(try EngineUnderTest.configuration(.tcp, [("a", address)], change)).joined(
                separator: "|")
        }
        #expect(try faults { _ in } == "")
        #expect(
            try faults { $0.strategy = .leastTime }
                == "balancer web: the strategy least-time has no engine yet; use round-robin, least-connections or ip-hash"
        )
        #expect(try faults { $0.check?.kind = .command(["x"]) }.contains("a check by a command has no engine"))
        #expect(try faults { $0.check?.kind = .nagios(["x"]) }.contains("a Nagios plugin has no engine"))
        #expect(try faults { $0.check?.kind = .role }.contains("role has no engine"))
        #expect(
            try faults(Self.following) == "balancer web: it follows the lease of app, but no store is given")
        #expect(try faults { $0.backends = [] } == "balancer web: it has no backend")
    }

    @Test("LISTEN_FDS counts only when it is meant for this process")
    func inherited() {
        #expect(InheritedSockets.descriptors(["LISTEN_FDS": "2", "LISTEN_PID": "7"], processID: 7) == [3, 4])
        #expect(InheritedSockets.descriptors(["LISTEN_FDS": "2", "LISTEN_PID": "8"], processID: 7) == [])
        #expect(InheritedSockets.descriptors(["LISTEN_FDS": "x", "LISTEN_PID": "7"], processID: 7) == [])
        #expect(InheritedSockets.descriptors([:], processID: 7) == [])
    }
}
