internal import AsyncHTTPClient
internal import FoundationEssentials
internal import Glibc
internal import Hagen
internal import NIOCore
internal import NIOFoundationCompat
internal import NIOHTTP1
internal import NIOPosix
internal import NIOSSL

/// The members of an etcd by their addresses, over HTTP/1.1 with or without TLS.
final class EtcdEndpoints: Sendable {
    /// Another longest line of a watch would fill the memory.
    static let maximumLineByteCount = 8 << 20
    /// A watch that is silent for so long is started anew at another member: it may be cut off from the others, and its
    /// changes come late or never. Three renewals of a default lease.
    static let maximumSilence = Duration.milliseconds(750)
    private static let maximumBodyByteCount = StoreLimits.totalByteCount * 2
    /// For the longest list of members of a hedged call, and for the watches.
    private static let connectionsPerMember = 256

    let addresses: [String]
    private let calls: HTTPClient
    private let watches: HTTPClient

    init(_ addresses: [String], connectTimeout: Duration, tls: TLSConfiguration?) {
        self.addresses = addresses
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.tlsConfiguration = tls
        // etcd's gateway is slower over HTTP/2, whose one connection a lost packet holds up for every call.
        configuration.httpVersion = .http1Only
        configuration.timeout.connect = .nanoseconds(connectTimeout.nanoseconds)
        // Else the pool waits longer and longer between attempts, and a member that is back would not be noticed.
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.connectionPool.idleTimeout = .seconds(30)
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = Self.connectionsPerMember
        calls = HTTPClient(eventLoopGroup: .singletonMultiThreadedEventLoopGroup, configuration: configuration)
        configuration.timeout.read = .nanoseconds(Self.maximumSilence.nanoseconds)
        watches = HTTPClient(eventLoopGroup: .singletonMultiThreadedEventLoopGroup, configuration: configuration)
    }

    deinit {
        // A failure to close connections of a client that is gone concerns nobody.
        calls.shutdown { _ in }
        watches.shutdown { _ in }
    }

    /// - Throws: `EtcdRefusal` where the member says no, anything else where its answer did not come or says nothing.
    func call<Answer: Decodable & Sendable>(
        _ path: String, of member: Int, _ body: ByteBuffer, timeout: Duration, as type: Answer.Type = Answer.self
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: addresses[member] + path)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/json")
        request.body = .bytes(body)
        let response = try await calls.execute(request, timeout: .nanoseconds(timeout.nanoseconds))
        let answer = try await response.body.collect(upTo: Self.maximumBodyByteCount)
        guard response.status == .ok else { throw refusal(response.status, answer) }
        return try JSONDecoder().decode(type, from: answer)
    }

    /// The text of a small page.
    func page(_ path: String, of member: Int, timeout: Duration) async throws -> ByteBuffer {
        let request = HTTPClientRequest(url: addresses[member] + path)
        let response = try await calls.execute(request, timeout: .nanoseconds(timeout.nanoseconds))
        let body = try await response.body.collect(upTo: 64 << 10)
        guard response.status == .ok else { throw refusal(response.status, body) }
        return body
    }

    /// The lines of a watch, the first one included.
    func watch(_ body: ByteBuffer, of member: Int, timeout: Duration) async throws -> HTTPLines {
        var request = HTTPClientRequest(url: addresses[member] + "/v3/watch")
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/json")
        // Ends the watch of a member that has lost its leader.
        request.headers.add(name: "Grpc-Metadata-hasleader", value: "true")
        request.body = .bytes(body)
        let ready = request
        let response = try await withDeadline(timeout) { [watches] in
            try await watches.execute(ready, deadline: .distantFuture)
        }
        guard response.status == .ok else {
            throw refusal(response.status, try await response.body.collect(upTo: 64 << 10))
        }
        return HTTPLines(response.body, maximumByteCount: Self.maximumLineByteCount)
    }

    private func refusal(_ status: HTTPResponseStatus, _ body: ByteBuffer) -> any Error {
        if let refusal = try? JSONDecoder().decode(EtcdRefusal.self, from: body) { return refusal }
        return CoordinationError.unreachable("HTTP status \(status.code)")
    }

    /// The request cannot have reached the member.
    static func isBeforeSending(_ error: any Error) -> Bool {
        error is NIOConnectionError || error as? HTTPClientError == .connectTimeout

            || error as? HTTPClientError == .tlsHandshakeTimeout || (error as? IOError)?.errnoCode == ECONNREFUSED
            || isFailedHandshake(error)
    }

    private static func isFailedHandshake(_ error: any Error) -> Bool {
        guard case .handshakeFailed = error as? NIOSSLError else { return false }
        return true
    }
}
