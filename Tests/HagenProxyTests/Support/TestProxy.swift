import CLinux
import Glibc
import Hagen
import HagenProxy
import Synchronization

/// A data plane with one listener, for tests.
final class TestProxy: Sendable {
    let server: ProxyServer
    let address: SocketAddress
    let backendCount: Int

    /// - Parameter change: makes the configuration special.
    init(
        _ wireProtocol: Model.Balancer.WireProtocol, _ backends: [SocketAddress], loops: Int = 2, eligible: Bool = true,
        inherited: [Int32] = [],
        _ change: (inout BalancerConfiguration.Listener) -> Void = { _ in }
    ) throws {
        let address = try Self.freeAddress()
        var listener = BalancerConfiguration.Listener(
            name: "web", wireProtocol: wireProtocol, listen: [address], strategy: .roundRobin, cluster: "app",
            selection: .members,
            backends: backends.enumerated().map { .init(name: "b\($0.offset)", address: $0.element, weight: 1) },
            check: nil,
            timeouts: .init(
                connect: .seconds(5), request: .seconds(30), response: .seconds(30), idle: .seconds(30),
                queue: .seconds(5), drain: .seconds(5)),
            retries: 2, maximumConnections: 1000)
        change(&listener)
        let reported = EventLog()
        server = try ProxyServer(
            BalancerConfiguration(topology: "test", host: "a", store: nil, loops: loops, listeners: [listener]),
            inheritedDescriptors: inherited
        ) { event in reported.events.withLock { $0.append(event) } }
        self.address = listener.listen[0]
        backendCount = backends.count
        log = reported
        if eligible { for backend in backends.indices { setEligible(backend, true) } }
    }

    private final class EventLog: Sendable {
        let events = Mutex<[ProxyEvent]>([])
    }
    private let log: EventLog
    var events: [ProxyEvent] { log.events.withLock { $0 } }

    func setEligible(_ backend: Int, _ eligible: Bool) {
        server.setEligible(until: eligible ? .max : 0, listener: 0, backend: backend)
    }

    var statistics: ProxyServer.ListenerStatistics { server.statistics()[0] }

    func connect(receiveBuffer: Int32? = nil) throws -> Wire {
        try Wire.connect(to: address, receiveBuffer: receiveBuffer)
    }

    /// One request on a connection of its own.
    func exchange(_ request: String, answersHead: Bool = false) throws -> HTTPMessage? {
        let wire = try connect()
        defer { wire.close() }
        try wire.send(request)
        return try HTTPReader(wire).next(answersHead: answersHead)
    }

    func get(_ target: String = "/") throws -> HTTPMessage? {
        try exchange("GET \(target) HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n")
    }

    /// An address of loopback on which nothing listens.
    static func freeAddress(_ host: String = "127.0.0.1") throws -> SocketAddress {
        let server = try TestServer(address: host) { _ in }
        defer { server.stop() }
        return server.address
    }
}
