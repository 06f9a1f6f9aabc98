import Foundation
import FoundationNetworking
import Hummingbird
import Logging
import Synchronization
import Testing

/// Stands for a member of etcd that carries out what it is asked and never answers: from when it is told to.
final class MuteMember: Sendable {
    private struct State {
        var isMute = false
        var swallowed = 0
    }
    private let port: Int
    private let target: String?
    private let afterwards: @Sendable (Int) async throws -> Void
    private let state = Mutex(State())

    /// - Parameters:
    ///   - target: who carries out what it is asked; `nil`: nobody.
    ///   - afterwards: what happens between that and the answer that never comes.
    init(port: Int, target: String?, afterwards: @escaping @Sendable (Int) async throws -> Void) {
        self.port = port
        self.target = target
        self.afterwards = afterwards
    }

    var endpoint: String { "http://127.0.0.1:\(port)" }
    var swallowed: Int { state.withLock(\.swallowed) }

    func begin() { state.withLock { $0.isMute = true } }

    /// Serves until it is cancelled.
    func run() async throws {
        let router = Router()
        router.get("/version") { _, _ in "{}" }
        router.post("/v3/kv/txn") { [self] request, _ in
            let body = try await request.body.collect(upTo: 1 << 20)
            let number = state.withLock { state -> Int in
                if state.isMute { state.swallowed += 1 }
                return state.swallowed
            }
            let answer = try await pass(Data(body.readableBytesView))
            if number > 0 {
                try await afterwards(number)
                while !Task.isCancelled { try await Task.sleep(for: .seconds(1)) }
            }
            return Response(
                status: .ok, headers: [.contentType: "application/json"],
                body: ResponseBody(byteBuffer: ByteBuffer(bytes: answer)))
        }
        var logger = Logger(label: "mute member")
        logger.logLevel = .critical
        let application = Application(
            router: router, configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: port)),
            logger: logger)
        try await application.run()
    }

    private func pass(_ body: Data) async throws -> Data {
        guard let target else { return Data() }
        var request = URLRequest(url: try #require(URL(string: target + "/v3/kv/txn")))
        request.httpMethod = "POST"
        request.httpBody = body
        return try await URLSession.shared.data(for: request).0
    }

    func waitUntilReady() async throws {
        let url = try #require(URL(string: endpoint + "/version"))
        try await within(.seconds(10)) {
            while (try? await URLSession.shared.data(from: url)) == nil {
                try await Task.sleep(for: .milliseconds(10))
            }
        }
    }
}
