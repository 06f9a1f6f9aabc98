import Hummingbird
import Logging
import Synchronization

@testable import HagenRuntime

/// A webhook's far end: keeps what it is sent, and answers as it is told.
final class WebhookReceiver: Sendable {
    private struct State {
        var messages: [WebhookMessage] = []
        var contentTypes: [String?] = []
        var refusals = 0
    }
    let port: Int
    private let state = Mutex(State())
    private let status: Mutex<Int>

    init(port: Int, answering status: Int = 200) {
        self.port = port
        self.status = Mutex(status)
    }

    var messages: [WebhookMessage] { state.withLock(\.messages) }
    var contentTypes: [String?] { state.withLock(\.contentTypes) }
    /// Requests that were answered with another status than 200.
    var refusals: Int { state.withLock(\.refusals) }

    func answer(_ status: Int) { self.status.withLock { $0 = status } }

    /// Serves until it is cancelled.
    func run() async throws {
        let router = Router()
        router.post("/hook") { [self] request, context in
            let message = try await request.decode(as: WebhookMessage.self, context: context)
            let status = self.status.withLock { $0 }
            state.withLock { state in
                if status == 200 {
                    state.messages.append(message)
                    state.contentTypes.append(request.headers[.contentType])
                } else {
                    state.refusals += 1
                }
            }
            return Response(status: HTTPResponse.Status(code: status))
        }
        var logger = Logger(label: "receiver")
        logger.logLevel = .critical
        let application = Application(
            router: router, configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: port)),
            logger: logger)
        try await application.run()
    }
}
