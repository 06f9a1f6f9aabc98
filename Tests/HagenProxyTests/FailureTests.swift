import CLinux
import Glibc
import Hagen
import HagenProxy
import Synchronization
import Testing

/// Backends that are lost, slow or absent, and clients that are hostile.
@Suite(.serialized, .timeLimit(.minutes(3)))
struct FailureTests {
    /// What a crowd of clients saw.
    private struct Outcome {
        var succeeded = 0
        var failed: [String] = []
    }

    @Test("A backend that is killed under load: nothing fails but what was in flight on it, and its clients go on")
    func killedUnderLoad() throws {
        let backends = try (0..<3).map { try TestServer.named("b\($0)") }
        defer { for backend in backends { backend.stop() } }
        let proxy = try TestProxy(.http, backends.map(\.address)) { $0.strategy = .leastConnections }
        defer { proxy.server.stop() }
        let clients = 12
        let outcome = Mutex(Outcome())
        let isOver = Atomic<Bool>(false)
        let load = startThread {
            concurrently(clients) { client in
                while !isOver.load(ordering: .relaxed) {
                    do {
                        let wire = try proxy.connect()
                        defer { wire.close() }
                        let reader = HTTPReader(wire)
                        // Posts are never sent twice, so they may fail; one of them is in flight for each client at most.
                        for request in 0..<50 where !isOver.load(ordering: .relaxed) {
                            let method = client % 2 == 0 ? "GET" : "POST"
                            try wire.send("\(method) / HTTP/1.1\r\nHost: t\r\nContent-Length: 0\r\n\r\n")
                            let status = try reader.next()?.status ?? 0
                            outcome.withLock {
                                if status == 200 {
                                    $0.succeeded += 1
                                } else {
                                    $0.failed.append("\(method) \(request): \(status)")
                                }
                            }
                        }
                    } catch {
                        outcome.withLock { $0.failed.append("\(error)") }
                    }
                }
            }
        }
        #expect(eventually { outcome.withLock { $0.succeeded } > 500 })
        backends[1].kill()
        let atKill = outcome.withLock { $0.succeeded }
        #expect(eventually { outcome.withLock { $0.succeeded } > atKill + 1000 })
        isOver.store(true, ordering: .relaxed)
        join(load)
        let result = outcome.withLock { $0 }
        #expect(result.failed.allSatisfy { $0.hasPrefix("POST") }, "\(result.failed)")
        #expect(result.failed.count <= clients / 2, "\(result.failed)")
        #expect(proxy.events.contains(.backendFailed(listener: 0, backend: 1)))
    }

    @Test("A refused connection is tried on another backend, for any method")
    func refusedConnection() throws {
        let backend = try TestServer.named("b1")
        defer { backend.stop() }
        let proxy = try TestProxy(.http, [try TestProxy.freeAddress(), backend.address])
        defer { proxy.server.stop() }
        for _ in 0..<10 {
            let response = try proxy.exchange("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 5\r\n\r\nhello")
            #expect(response?.text == "b1")
        }
        #expect(proxy.events == [.backendFailed(listener: 0, backend: 0)])
        proxy.server.suspicionTaken(listener: 0, backend: 0)
        _ = try proxy.get()
        _ = try proxy.get()
        #expect(proxy.events.count == 2)
    }

    @Test("An idle connection that the backend has closed costs no request that may be repeated")
    func staleConnection() throws {
        let served = Atomic<Int>(0)
        // Answers one request a connection, and closes it a moment later without having said so.
        let backend = try TestServer { wire in
            guard try HTTPReader(wire).next() != nil else { return }
            served.add(1, ordering: .relaxed)
            try wire.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        }
        defer { backend.stop() }
        let proxy = try TestProxy(.http, [backend.address])
        defer { proxy.server.stop() }
        let wire = try proxy.connect()
        defer { wire.close() }
        let reader = HTTPReader(wire)
        for round in 0..<200 {
            try wire.send("GET /\(round) HTTP/1.1\r\nHost: t\r\n\r\n")
            #expect(try reader.next()?.text == "ok", "round \(round)")
        }
        #expect(served.load(ordering: .relaxed) == 200)
        #expect(proxy.statistics.failures == 0)
    }

    @Test("A request that may have been executed is never sent twice, unless repeating it changes nothing")
    func neverTwice() throws {
        let received = Mutex<[String]>([])
        let backend = try TestServer { wire in
            guard let request = try HTTPReader(wire).next() else { return }
            received.withLock { $0.append(request.method) }
        }
        defer { backend.stop() }
        let proxy = try TestProxy(.http, [backend.address]) { $0.retries = 3 }
        defer { proxy.server.stop() }
        #expect(try proxy.exchange("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 2\r\n\r\nab")?.status == 502)
        #expect(try proxy.exchange("PATCH / HTTP/1.1\r\nHost: t\r\nContent-Length: 0\r\n\r\n")?.status == 502)
        #expect(received.withLock { $0 } == ["POST", "PATCH"])
        // A request that kills its backend is not tried for ever either.
        #expect(try proxy.get()?.status == 502)
        #expect(received.withLock { $0.filter { $0 == "GET" }.count } == 4)
    }

    @Test("A backend that does not answer in time is answered for with 504")
    func slowBackend() throws {
        let backend = try TestServer { wire in while try !wire.receive().isEmpty {} }
        defer { backend.stop() }
        let proxy = try TestProxy(.http, [backend.address]) { $0.timeouts.response = .milliseconds(150) }
        defer { proxy.server.stop() }
        let started = ContinuousClock.now
        #expect(try proxy.get()?.status == 504)
        #expect(ContinuousClock.now - started >= .milliseconds(150))
    }

    @Test("A client that sends its head byte by byte is cut off in time, however steadily it sends")
    func slowLoris() throws {
        let backend = try TestServer.named("b0")
        defer { backend.stop() }
        let proxy = try TestProxy(.http, [backend.address]) { $0.timeouts.request = .milliseconds(300) }
        defer { proxy.server.stop() }
        let wire = try proxy.connect()
        defer { wire.close() }
        let started = ContinuousClock.now
        let sender = startThread {
            try? wire.send("GET / HTTP/1.1\r\nHost: t\r\n")
            while (try? wire.send("X")) != nil, ContinuousClock.now - started < .seconds(5) {
                var pause = timespec(tv_sec: 0, tv_nsec: 20_000_000)
                nanosleep(&pause, nil)
            }
        }
        let response = try HTTPReader(wire).next()
        #expect(response?.status == 408)
        let elapsed = ContinuousClock.now - started
        #expect(elapsed >= .milliseconds(300) && elapsed < .seconds(3))
        join(sender)
        #expect(eventually { proxy.statistics.connections == 0 })
    }

    @Test("A client that says nothing is closed in silence; one that has been served, after the idle time")
    func silentClients() throws {
        let backend = try TestServer.named("b0")
        defer { backend.stop() }
        let proxy = try TestProxy(.http, [backend.address]) {
            $0.timeouts.request = .milliseconds(100)
            $0.timeouts.idle = .milliseconds(300)
        }
        defer { proxy.server.stop() }
        let silent = try proxy.connect()
        #expect(try silent.receive().isEmpty)
        silent.close()
        let idle = try proxy.connect()
        let started = ContinuousClock.now
        try idle.send("GET / HTTP/1.1\r\nHost: t\r\n\r\n")
        let reader = HTTPReader(idle)
        #expect(try reader.next()?.text == "b0")
        #expect(try reader.next() == nil)
        #expect(ContinuousClock.now - started >= .milliseconds(300))
        idle.close()
    }

    @Test("A body that stops half-way ends the request with 408")
    func stoppedBody() throws {
        let backend = try TestServer.named("b0")
        defer { backend.stop() }
        let proxy = try TestProxy(.http, [backend.address]) { $0.timeouts.idle = .milliseconds(200) }
        defer { proxy.server.stop() }
        #expect(try proxy.exchange("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 9\r\n\r\nabc")?.status == 408)
    }

    @Test("Without an eligible backend a request waits; it is served when one comes, and refused when none does")
    func queue() throws {
        let backend = try TestServer.named("b0")
        defer { backend.stop() }
        let proxy = try TestProxy(.http, [backend.address], eligible: false) { $0.timeouts.queue = .milliseconds(400) }
        defer { proxy.server.stop() }
        let started = ContinuousClock.now
        #expect(try proxy.get()?.status == 503)
        #expect(ContinuousClock.now - started >= .milliseconds(400))
        #expect(proxy.statistics.failures == 1)
        let wire = try proxy.connect()
        defer { wire.close() }
        try wire.send("GET / HTTP/1.1\r\nHost: t\r\n\r\n")
        #expect(eventually { proxy.statistics.requests == 2 })
        proxy.setEligible(0, true)
        #expect(try HTTPReader(wire).next()?.text == "b0")
    }

    @Test("A backend that is eligible but not up yet is waited for")
    func notUpYet() throws {
        let address = try TestProxy.freeAddress()
        let proxy = try TestProxy(.http, [address])
        defer { proxy.server.stop() }
        let wire = try proxy.connect()
        defer { wire.close() }
        try wire.send("GET / HTTP/1.1\r\nHost: t\r\n\r\n")
        #expect(eventually { proxy.statistics.backends[0].failures > 0 })
        let backend = try TestServer.named("late", port: address.port)
        defer { backend.stop() }
        #expect(try HTTPReader(wire).next()?.text == "late")
    }

    @Test("Beyond the limit new clients wait until one ends, over all loops")
    func connectionLimit() throws {
        let backend = try TestServer.named("b0")
        defer { backend.stop() }
        let proxy = try TestProxy(.http, [backend.address]) { $0.maximumConnections = 3 }
        defer { proxy.server.stop() }
        var wires = try (0..<3).map { _ in try proxy.connect() }
        #expect(eventually { proxy.statistics.connections == 3 })
        let waiting = try proxy.connect()
        defer { waiting.close() }
        try waiting.send("GET / HTTP/1.1\r\nHost: t\r\n\r\n")
        // Those that are in are served; that one is not.
        for wire in wires {
            try wire.send("GET / HTTP/1.1\r\nHost: t\r\n\r\n")
            #expect(try HTTPReader(wire).next()?.text == "b0")
        }
        #expect(proxy.statistics.totalConnections == 3)
        wires.removeLast().close()
        #expect(try HTTPReader(waiting).next()?.text == "b0")
        for wire in wires { wire.close() }
    }

    @Test("Draining: nobody new, requests in flight end well, kept connections end")
    func drain() throws {
        let mayAnswer = Atomic<Bool>(false)
        let backend = try TestServer.http { request in
            if request.target == "/slow" { _ = eventually { mayAnswer.load(ordering: .relaxed) } }
            return "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
        }
        defer { backend.stop() }
        let proxy = try TestProxy(.http, [backend.address])
        defer { proxy.server.stop() }
        let kept = try proxy.connect()
        defer { kept.close() }
        let reader = HTTPReader(kept)
        try kept.send("GET / HTTP/1.1\r\nHost: t\r\n\r\n")
        #expect(try reader.next()?.text == "ok")
        let slow = try proxy.connect()
        defer { slow.close() }
        try slow.send("GET /slow HTTP/1.1\r\nHost: t\r\n\r\n")
        #expect(eventually { proxy.statistics.backends[0].connections == 1 })
        proxy.server.beginDrain()
        #expect(try reader.next() == nil)
        // One loop may be a moment behind the other.
        #expect(eventually { (try? proxy.connect()).map { $0.close() } == nil })
        mayAnswer.store(true, ordering: .relaxed)
        let response = try HTTPReader(slow).next()
        #expect(response?.text == "ok" && response?["connection"] == "close")
        #expect(eventually { proxy.statistics.connections == 0 })
    }

    @Test("Two balancers cannot listen on one address unseen, and the fault says where")
    func addressInUse() throws {
        let proxy = try TestProxy(.http, [try TestProxy.freeAddress()])
        defer { proxy.server.stop() }
        let error = #expect(throws: ProxyFailure.self) {
            try TestProxy(.http, [try TestProxy.freeAddress()]) { $0.listen = [proxy.address] }
        }
        #expect(error?.description == "balancer web cannot listen on \(proxy.address): Address already in use")
    }
}
