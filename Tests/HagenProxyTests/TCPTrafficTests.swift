import CLinux
import Glibc
import Hagen
import HagenProxy
import Synchronization
import Testing

/// TCP through the data plane.
@Suite(.serialized, .timeLimit(.minutes(3)))
struct TCPTrafficTests {
    private static func echo(port: Int = 0) throws -> TestServer {
        try TestServer(port: port) { wire in
            while case let bytes = try wire.receive(), !bytes.isEmpty { try wire.send(bytes) }
        }
    }

    /// Says its name to everybody who connects, then echoes.
    private static func named(_ name: String, port: Int = 0) throws -> TestServer {
        try TestServer(port: port) { wire in
            try wire.send("\(name)\n")
            while case let bytes = try wire.receive(), !bytes.isEmpty { try wire.send(bytes) }
        }
    }

    private static func greeting(_ wire: Wire) throws -> String {
        var text: [UInt8] = []
        while text.last != 10 {
            let byte = try wire.receive(atMost: 1)
            if byte.isEmpty { throw Wire.Failure("ended after '\(String(decoding: text, as: UTF8.self))'") }
            text += byte
        }
        return String(decoding: text.dropLast(), as: UTF8.self)
    }

    @Test("Large streams go both ways at once, to the byte")
    func bothWays() throws {
        let backend = try Self.echo()
        defer { backend.stop() }
        let proxy = try TestProxy(.tcp, [backend.address])
        defer { proxy.server.stop() }
        let failures = Mutex<[String]>([])
        concurrently(6) { client in
            do {
                let block = (0..<65_521).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8 &+ client) }
                var bytes: [UInt8] = []
                for _ in 0..<Int.random(in: 1...45) { bytes += block }
                bytes += block.prefix(Int.random(in: 0..<block.count))
                let count = bytes.count
                let wire = try proxy.connect()
                defer { wire.close() }
                let sender = startThread { [bytes] in
                    try? wire.send(bytes)
                    wire.shutdownOutput()
                }
                let received = try wire.receiveAll()
                join(sender)
                if received != bytes { failures.withLock { $0.append("\(client): \(received.count) of \(count)") } }
            } catch {
                failures.withLock { $0.append("\(client): \(error)") }
            }
        }
        #expect(failures.withLock { $0 } == [])
        #expect(eventually { proxy.statistics.connections == 0 })
        #expect(proxy.statistics.backends[0].served == 6)
        #expect(proxy.statistics.requests == 0)
    }

    @Test("Either side may close its sending half and go on reading")
    func halfClose() throws {
        // Answers only when the client has said all.
        let backend = try TestServer { wire in
            let all = try wire.receiveAll()
            try wire.send("got \(all.count)")
        }
        defer { backend.stop() }
        let proxy = try TestProxy(.tcp, [backend.address])
        defer { proxy.server.stop() }
        let wire = try proxy.connect()
        defer { wire.close() }
        try wire.send([UInt8](repeating: 1, count: 70_000))
        wire.shutdownOutput()
        #expect(String(decoding: try wire.receiveAll(), as: UTF8.self) == "got 70000")

        // The other way round: the backend ends first, the client goes on sending.
        let received = Atomic<Int>(0)
        let listener = try TestServer { wire in
            try wire.send("hello")
            wire.shutdownOutput()
            received.store(try wire.receiveAll().count, ordering: .relaxed)
        }
        defer { listener.stop() }
        let second = try TestProxy(.tcp, [listener.address])
        defer { second.server.stop() }
        let client = try second.connect()
        #expect(String(decoding: try client.receiveAll(), as: UTF8.self) == "hello")
        try client.send([UInt8](repeating: 1, count: 50_000))
        client.close()
        #expect(eventually { received.load(ordering: .relaxed) == 50_000 })
    }

    @Test("A backend that refuses is passed over before a byte is exchanged")
    func refused() throws {
        let backend = try Self.named("b1")
        defer { backend.stop() }
        let proxy = try TestProxy(.tcp, [try TestProxy.freeAddress(), backend.address])
        defer { proxy.server.stop() }
        for _ in 0..<10 {
            let wire = try proxy.connect()
            #expect(try Self.greeting(wire) == "b1")
            wire.close()
        }
        #expect(proxy.statistics.failures == 0)
    }

    @Test("A client waits for an eligible backend, and is closed when none comes in time")
    func queue() throws {
        let backend = try Self.named("b0")
        defer { backend.stop() }
        let proxy = try TestProxy(.tcp, [backend.address], eligible: false) { $0.timeouts.queue = .milliseconds(300) }
        defer { proxy.server.stop() }
        let refused = try proxy.connect()
        let started = ContinuousClock.now
        #expect(throws: Wire.Failure.self) { try Self.greeting(refused) }
        #expect(ContinuousClock.now - started >= .milliseconds(290))
        refused.close()
        let waiting = try proxy.connect()
        #expect(eventually { proxy.statistics.connections == 1 })
        proxy.setEligible(0, true)
        #expect(try Self.greeting(waiting) == "b0")
        waiting.close()
    }

    @Test(
        "Following the active member: a failover cuts the old connections at once and shows as a short pause to new ones"
    )
    func failover() throws {
        let old = try Self.named("old")
        let new = try Self.named("new")
        defer {
            old.stop()
            new.stop()
        }
        let proxy = try TestProxy(.tcp, [old.address, new.address], eligible: false) {
            $0.selection = .active(leaseDuration: DurationText(wrappedValue: .seconds(1)))
        }
        defer { proxy.server.stop() }
        proxy.setEligible(0, true)
        let before = try (0..<10).map { _ in try proxy.connect() }
        for wire in before { #expect(try Self.greeting(wire) == "old") }
        proxy.setEligible(0, false)
        // Each of them ends without a further word, although the old member still runs.
        for wire in before {
            #expect(throws: Wire.Failure.self) { try Self.greeting(wire) }
            wire.close()
        }
        let waiting = try proxy.connect()
        defer { waiting.close() }
        #expect(eventually { proxy.statistics.connections == 1 })
        proxy.setEligible(1, true)
        #expect(try Self.greeting(waiting) == "new")
        #expect(proxy.statistics.failures == 0)
    }

    @Test("A lease that nobody renews ends by itself, whatever becomes of whoever renewed it")
    func deadline() throws {
        let backend = try Self.named("b0")
        defer { backend.stop() }
        let proxy = try TestProxy(.tcp, [backend.address], eligible: false) {
            $0.selection = .active(leaseDuration: DurationText(wrappedValue: .seconds(1)))
            $0.timeouts.queue = .milliseconds(50)
        }
        defer { proxy.server.stop() }
        let started = ContinuousClock.now
        // Renewed twice: the connection outlives the first deadline, not the last.
        for until in [150, 300, 450] {
            proxy.server.setEligible(until: ProxyServer.now + Int64(until) * 1_000_000, listener: 0, backend: 0)
        }
        let wire = try proxy.connect()
        defer { wire.close() }
        #expect(try Self.greeting(wire) == "b0")
        #expect(throws: Wire.Failure.self) { try Self.greeting(wire) }
        let elapsed = ContinuousClock.now - started
        #expect(elapsed >= .milliseconds(440) && elapsed < .seconds(2), "\(elapsed)")
        #expect(!proxy.statistics.backends[0].eligible)
        let late = try proxy.connect()
        defer { late.close() }
        #expect(throws: Wire.Failure.self) { try Self.greeting(late) }
    }

    @Test("A cut ends what is open even when the backend stays eligible, and new connections reach it")
    func cut() throws {
        let backend = try Self.named("b0")
        defer { backend.stop() }
        let proxy = try TestProxy(.tcp, [backend.address]) {
            $0.selection = .active(leaseDuration: DurationText(wrappedValue: .seconds(1)))
        }
        defer { proxy.server.stop() }
        let wire = try proxy.connect()
        defer { wire.close() }
        #expect(try Self.greeting(wire) == "b0")
        proxy.server.cut(listener: 0, backend: 0)
        proxy.setEligible(0, true)
        #expect(throws: Wire.Failure.self) { try Self.greeting(wire) }
        let next = try proxy.connect()
        defer { next.close() }
        #expect(try Self.greeting(next) == "b0")
    }

    @Test("Over members, a backend that is no longer eligible keeps what it has and gets nothing new")
    func membersKeepConnections() throws {
        let backends = try [Self.named("b0"), Self.named("b1")]
        defer { for backend in backends { backend.stop() } }
        let proxy = try TestProxy(.tcp, backends.map(\.address), loops: 1)
        defer { proxy.server.stop() }
        let wires = try (0..<4).map { _ in try proxy.connect() }
        defer { for wire in wires { wire.close() } }
        let names = try wires.map(Self.greeting)
        #expect(names.sorted() == ["b0", "b0", "b1", "b1"])
        proxy.setEligible(0, false)
        for _ in 0..<5 {
            let wire = try proxy.connect()
            #expect(try Self.greeting(wire) == "b1")
            wire.close()
        }
        for wire in wires {
            try wire.send("still here\n")
            #expect(try Self.greeting(wire) == "still here")
        }
    }

    @Test("A connection on which nothing moves ends after the idle time")
    func idle() throws {
        let backend = try Self.named("b0")
        defer { backend.stop() }
        let proxy = try TestProxy(.tcp, [backend.address]) { $0.timeouts.idle = .milliseconds(300) }
        defer { proxy.server.stop() }
        let wire = try proxy.connect()
        defer { wire.close() }
        let started = ContinuousClock.now
        #expect(try Self.greeting(wire) == "b0")
        #expect(try wire.receive().isEmpty)
        #expect(ContinuousClock.now - started >= .milliseconds(300))
    }

    @Test("One address stays with one backend, and without that backend goes to another one")
    func ipHash() throws {
        let backends = try (0..<4).map { try Self.named("b\($0)") }
        defer { for backend in backends { backend.stop() } }
        let proxy = try TestProxy(.tcp, backends.map(\.address)) { $0.strategy = .ipHash }
        defer { proxy.server.stop() }
        func names() throws -> Set<String> {
            Set(
                try (0..<8).map { _ in
                    let wire = try proxy.connect()
                    defer { wire.close() }
                    return try Self.greeting(wire)
                })
        }
        let first = try names()
        #expect(first.count == 1)
        let index = try #require(first.first.flatMap { Int($0.dropFirst()) })
        proxy.setEligible(index, false)
        let second = try names()
        #expect(second.count == 1 && second != first)
        proxy.setEligible(index, true)
        #expect(try names() == first)
    }
}
