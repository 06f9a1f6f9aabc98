internal import AsyncHTTPClient
internal import FoundationEssentials
internal import Hagen
internal import HagenEngine
internal import NIOCore
internal import NIOFoundationCompat
internal import NIOHTTP1

/// Posts notifications to the receivers' webhooks. Their addresses may hold secrets, so they are never said.
struct WebhookSender {
    static let timeout = Duration.seconds(5)

    /// By receiver.
    let addresses: [String: String]
    let externalURL: String
    let client: HTTPClient

    enum Outcome: Equatable {
        case delivered
        /// - isTransient: the same message may be taken later.
        case failed(reason: String, isTransient: Bool)
    }

    static func makeClient() -> HTTPClient {
        var configuration = HTTPClient.Configuration()
        // A message belongs to the address that was named, not to where that sends it on.
        configuration.redirectConfiguration = .disallow
        configuration.timeout.connect = .nanoseconds(timeout.nanoseconds)
        // The machine decides when to try again, and says why in the log; the pool would hide both until the time-out.
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 8
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    func send(_ notification: HagenEngine.Notification) async -> Outcome {
        guard let address = addresses[notification.receiver] else {
            return .failed(reason: "there is no such receiver", isTransient: false)
        }
        do {
            let message = WebhookMessage(notification, externalURL: externalURL, clocks: .now())
            let body = ByteBuffer(data: try message.encoded())
            return try await withDeadline(Self.timeout) { try await post(body, to: address) }
        } catch {
            return .failed(reason: Self.reason(error), isTransient: true)
        }
    }

    private func post(_ body: ByteBuffer, to address: String) async throws -> Outcome {
        var request = HTTPClientRequest(url: address)
        request.method = .POST
        request.headers.add(name: "content-type", value: "application/json")
        request.headers.add(name: "user-agent", value: "hagend")
        request.body = .bytes(body)
        let response = try await client.execute(request, timeout: .nanoseconds(Self.timeout.nanoseconds))
        // The answer's text says nothing that is needed, but a connection is kept only when it has been read.
        _ = try? await response.body.collect(upTo: 64 << 10)
        switch response.status.code {
        case 200..<300: return .delivered
        case 408, 429, 500...: return .failed(reason: "it answered \(response.status.code)", isTransient: true)
        default: return .failed(reason: "it answered \(response.status.code)", isTransient: false)
        }
    }

    /// In words without the address, which errors of the network carry.
    private static func reason(_ error: any Error) -> String {
        switch error {
        case is DeadlineExceeded: "no answer within \(timeout.text)"
        case let error as HTTPClientError where error == .deadlineExceeded || error == .connectTimeout:
            "no answer within \(timeout.text)"
        case let error as HTTPClientError: error.shortDescription
        case let error as IOError: systemMessage(error.errnoCode)
        default: "the connection failed"
        }
    }
}
