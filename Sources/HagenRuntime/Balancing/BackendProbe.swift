internal import Hagen
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix

/// What one check of a backend found.
enum CheckResult: Equatable, Sendable, CustomStringConvertible {
    case passed(String)
    case failed(String)

    var description: String {
        switch self {
        case .passed(let text), .failed(let text): text
        }
    }
}

/// Performs checks over the network.
enum BackendProbe {
    private static let longestBody = 256 * 1024

    static func run(_ kind: Model.Check.Kind, _ address: Hagen.SocketAddress, timeout: Duration) async -> CheckResult {
        do {
            return try await withDeadline(timeout) {
                switch kind {
                case .tcp: try await connect(address, timeout)
                case .http(let path, let status, let text):
                    try await get(path, address, expecting: status, containing: text, timeout)
                case .command, .nagios, .role: .failed("this kind of check has no engine")
                }
            }
        } catch is DeadlineExceeded {
            return .failed("no answer within \(timeout.text)")
        } catch let error as ChannelError {
            if case .connectTimeout = error { return .failed("no connection within \(timeout.text)") }
            return .failed("\(error)")
        } catch let error as IOError {
            return .failed(systemMessage(error.errnoCode))
        } catch {
            return .failed("\(error)")
        }
    }

    private static func bootstrap(_ timeout: Duration) -> ClientBootstrap {
        ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connectTimeout(.nanoseconds(timeout.nanoseconds))
    }

    private static func target(_ address: Hagen.SocketAddress) throws -> NIOCore.SocketAddress {
        try NIOCore.SocketAddress(ipAddress: address.address.description, port: address.port)
    }

    private static func connect(_ address: Hagen.SocketAddress, _ timeout: Duration) async throws -> CheckResult {
        let channel = try await bootstrap(timeout).connect(to: target(address)).get()
        try? await channel.close().get()
        return .passed("connected")
    }

    private static func get(
        _ path: String, _ address: Hagen.SocketAddress, expecting statuses: [Int], containing text: String?,
        _ timeout: Duration
    ) async throws -> CheckResult {
        let channel = try await bootstrap(timeout).connect(to: target(address)) {
            channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHTTPClientHandlers()
                return try NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart>(
                    wrappingChannelSynchronously: channel)
            }
        }
        return try await channel.executeThenClose { inbound, outbound in
            var head = HTTPRequestHead(version: .http1_1, method: .GET, uri: path)
            head.headers.add(name: "Host", value: address.description)
            head.headers.add(name: "User-Agent", value: "hagen-check")
            head.headers.add(name: "Connection", value: "close")
            try await outbound.write(.head(head))
            try await outbound.write(.end(nil))
            var body: [UInt8] = []
            for try await part in inbound {
                switch part {
                case .head(let response):
                    let status = Int(response.status.code)
                    let isExpected = statuses.isEmpty ? (200..<400).contains(status) : statuses.contains(status)
                    guard isExpected else { return .failed("status \(status)") }
                    guard text != nil else { return .passed("status \(status)") }
                case .body(let bytes):
                    body += bytes.readableBytesView
                    guard body.count <= longestBody else { return .failed("the answer is longer than 256 KiB") }
                case .end:
                    guard let text, !contains(body, Array(text.utf8)) else { return .passed("text found") }
                    return .failed("the answer does not contain '\(text)'")
                }
            }
            return .failed("the connection ended before the answer did")
        }
    }

    private static func contains(_ bytes: [UInt8], _ pattern: [UInt8]) -> Bool {
        guard !pattern.isEmpty else { return true }
        guard bytes.count >= pattern.count else { return false }
        return (0...(bytes.count - pattern.count)).contains { bytes[$0..<($0 + pattern.count)].elementsEqual(pattern) }
    }
}
