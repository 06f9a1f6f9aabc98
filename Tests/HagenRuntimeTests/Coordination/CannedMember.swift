import Foundation
import FoundationNetworking
import Hummingbird
import Logging
import Synchronization
import Testing

/// Stands for a member of etcd that answers as it was written, whatever it is asked.
final class CannedMember: Sendable {
    /// The lines of one watch; it stays open behind the last one.
    struct Watch: Sendable {
        var lines: [String]
        /// Between two lines.
        var pause: Duration = .milliseconds(5)
    }

    private struct State {
        var transaction: String
        var watches: [Watch]
        var watched: [String] = []
        var versionsAsked = 0
    }
    private let port: Int
    private let version: String
    private let state: Mutex<State>

    /// - Parameters:
    ///   - transaction: the answer to each, until another one is given.
    ///   - watches: in their order; the last one is given again and again.
    init(transaction: String, watches: [Watch] = [], version: String = "3.4.42") throws {
        port = try freePort()
        self.version = version
        state = Mutex(State(transaction: transaction, watches: watches))
    }

    var endpoint: String { "http://127.0.0.1:\(port)" }
    /// What was asked for by each watch.
    var watched: [String] { state.withLock(\.watched) }
    var versionsAsked: Int { state.withLock(\.versionsAsked) }

    /// From now on.
    func answers(_ transaction: String) { state.withLock { $0.transaction = transaction } }

    /// What a member answers to a transaction that reads the store's mark and a range.
    static func sight(
        revision: Int64, term: UInt64 = 3, mark: String = "0123456789abcdef",
        records: [(key: String, value: String)] = []
    ) -> String {
        func record(_ key: String, _ value: String) -> String {
            #"{"key": "\#(base64(key))", "value": "\#(base64(value))", "mod_revision": "\#(revision)"}"#
        }
        let mark = record("hagen-store-identity", mark)
        let found = records.map { record($0.key, $0.value) }.joined(separator: ", ")
        return """
            {"header": \(header(revision, term)), "succeeded": true, "responses": [
            {"response_range": {"kvs": [\(mark)]}}, {"response_range": {"kvs": [\(found)]}}]}
            """
    }

    static func created(_ revision: Int64) -> String {
        #"{"result": {"header": \#(header(revision, 3)), "created": true}}"#
    }

    static func change(_ key: String, _ value: String, revision: Int64) -> String {
        """
        {"result": {"header": \(header(revision, 3)), "events": [{"kv": {"key": "\(base64(key))", \
        "value": "\(base64(value))", "mod_revision": "\(revision)"}}]}}
        """
    }

    private static func header(_ revision: Int64, _ term: UInt64) -> String {
        #"{"cluster_id": "77", "member_id": "5", "revision": "\#(revision)", "raft_term": "\#(term)"}"#
    }

    private static func base64(_ text: String) -> String { Data(text.utf8).base64EncodedString() }

    /// Serves until it is cancelled.
    func run() async throws {
        let router = Router()
        router.get("/version") { [self] _, _ in
            state.withLock { $0.versionsAsked += 1 }
            return #"{"etcdserver": "\#(version)", "etcdcluster": "3.4.0"}"#
        }
        router.get("/ready") { _, _ in "yes" }
        router.post("/v3/kv/txn") { [self] request, _ in
            _ = try await request.body.collect(upTo: 1 << 20)
            let answer = state.withLock(\.transaction)
            return Response(
                status: .ok, headers: [.contentType: "application/json"],
                body: ResponseBody(byteBuffer: ByteBuffer(string: answer)))
        }
        router.post("/v3/watch") { [self] request, _ in
            let asked = String(buffer: try await request.body.collect(upTo: 1 << 20))
            let watch = state.withLock { state -> Watch in
                state.watched.append(asked)
                return state.watches.count > 1 ? state.watches.removeFirst() : state.watches[0]
            }
            return Response(
                status: .ok, headers: [.contentType: "application/json"],
                body: ResponseBody { writer in
                    for line in watch.lines {
                        try await writer.write(ByteBuffer(string: line + "\n"))
                        try await Task.sleep(for: watch.pause)
                    }
                    while !Task.isCancelled { try await Task.sleep(for: .seconds(1)) }
                    try await writer.finish(nil)
                })
        }
        var logger = Logger(label: "canned member")
        logger.logLevel = .critical
        let application = Application(
            router: router, configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: port)),
            logger: logger)
        try await application.run()
    }

    func waitUntilReady() async throws {
        let url = try #require(URL(string: endpoint + "/ready"))
        try await within(.seconds(10)) {
            while (try? await URLSession.shared.data(from: url)) == nil {
                try await Task.sleep(for: .milliseconds(10))
            }
        }
    }

    /// Runs the body beside the members.
    static func with(_ members: [CannedMember], _ body: @escaping @Sendable () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for member in members { group.addTask { try await member.run() } }
            group.addTask {
                for member in members { try await member.waitUntilReady() }
                try await body()
            }
            try await group.next()
            group.cancelAll()
            while let end = await group.nextResult() {
                if case .failure(let error) = end, !(error is CancellationError) { throw error }
            }
        }
    }
}

/// Keeps what is logged.
final class LogKeeper: Sendable {
    private let kept = Mutex<[(level: Logger.Level, text: String)]>([])

    var logger: Logger { Logger(label: "test") { _ in Handler(keeper: self) } }

    func texts(_ level: Logger.Level) -> [String] { kept.withLock { $0.filter { $0.level == level }.map(\.text) } }

    private struct Handler: LogHandler {
        let keeper: LogKeeper
        var metadata: Logger.Metadata = [:]
        var logLevel: Logger.Level = .trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            keeper.kept.withLock { $0.append((event.level, "\(event.message) \(event.metadata ?? [:])")) }
        }
    }
}
