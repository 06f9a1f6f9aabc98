internal import AsyncHTTPClient
internal import FoundationEssentials
internal import Glibc
internal import Hagen
internal import NIOCore
internal import NIOFoundationCompat
internal import NIOHTTP1
internal import NIOPosix
internal import Synchronization

/// A store behind `hagend coordinator`.
///
/// Every call has a deadline. A call that may have reached the store without an answer is never repeated: it throws
/// `unreachable`, and whoever committed finds out by reading. A watch that breaks throws too; its consumer watches again
/// after the last revision that it saw.
package final class EmbeddedStoreClient: CoordinationStore {
    private let endpoints: [String]
    private let deadline: Duration
    private let client: HTTPClient
    private let memory = Mutex(Memory())

    private struct Memory {
        /// Of the endpoint that answered last.
        var preferred = 0
        /// The store that answered last.
        var storeID: String?
    }

    /// - Parameters:
    ///   - endpoints: base addresses, such as `http://127.0.0.1:2379`, tried in turn.
    ///   - deadline: of a read, of a commit, and of the start of a watch, at each endpoint that is tried.
    package init(endpoints: [String], deadline: Duration = .milliseconds(500)) {
        self.endpoints = endpoints
        self.deadline = deadline
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.timeout.connect = .nanoseconds(deadline.nanoseconds)
        configuration.timeout.read = .nanoseconds(StoreWatchLine.maximumSilence.nanoseconds)
        // Else the pool waits longer and longer between attempts, and a store that is back would not be noticed.
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.connectionPool.idleTimeout = .seconds(30)
        // A watch keeps its connection for itself.
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = StoreLimits.watchers + 16
        client = HTTPClient(eventLoopGroup: .singletonMultiThreadedEventLoopGroup, configuration: configuration)
    }

    deinit {
        // A failure to close connections of a client that is gone concerns nobody.
        client.shutdown { _ in }
    }

    package func read(prefix: String) async throws -> StoreSnapshot {
        try StoreLimits.check(prefix: prefix)
        let snapshot: StoreSnapshot = try await exchange(repeatable: true) { endpoint in
            HTTPClientRequest(url: endpoint + StorePath.records + "?prefix=\(Self.encoded(prefix))")
        }
        memory.withLock { $0.storeID = snapshot.storeID }
        return snapshot
    }

    package func commit(_ swaps: [CompareAndSwap]) async throws -> CommitResult {
        try StoreLimits.check(swaps)
        let body = try JSONEncoder().encodeAsByteBuffer(
            StoreCommitRequest(swaps: swaps), allocator: ByteBufferAllocator())
        let result: CommitResult = try await exchange(repeatable: false) { endpoint in
            var request = HTTPClientRequest(url: endpoint + StorePath.commit)
            request.method = .POST
            request.body = .bytes(body)
            return request
        }
        guard result.outcomes.count == swaps.count else {
            throw CoordinationError.unreachable(
                "the answer has \(result.outcomes.count) outcomes for \(swaps.count) swaps")
        }
        memory.withLock { $0.storeID = result.storeID }
        return result
    }

    package func watch(prefix: String, after revision: Int64) -> AsyncThrowingStream<StoreChange, any Error> {
        let watch = EmbeddedStoreWatch { [self] in try await startWatch(prefix, revision) }
        return AsyncThrowingStream { try await watch.next() }
    }

    private func startWatch(_ prefix: String, _ revision: Int64) async throws -> HTTPLines {
        try StoreLimits.check(prefix: prefix)
        let query = "?prefix=\(Self.encoded(prefix))&after=\(revision)"
        let lines = try await attempt(repeatable: true) { [client, deadline] endpoint in
            let request = HTTPClientRequest(url: endpoint + StorePath.watch + query)
            let response = try await withDeadline(deadline) {
                try await client.execute(request, deadline: .distantFuture)
            }
            guard response.status == .ok else { throw try await Self.refusal(response) }
            return HTTPLines(response.body, maximumByteCount: StoreWatchLine.maximumByteCount)
        }
        guard let line = try await lines.next(),
            case .started(let storeID, let current) = try JSONDecoder().decode(StoreWatchLine.self, from: line)
        else { throw CoordinationError.unreachable("the watch did not start as it should") }
        let known = memory.withLock { $0.storeID }
        // Revisions of another store say nothing about this one.
        guard known == nil || known == storeID else { throw CoordinationError.compacted(oldest: current + 1) }
        return lines
    }

    private func exchange<Answer: Decodable & Sendable>(
        repeatable: Bool, _ request: @escaping @Sendable (String) -> HTTPClientRequest
    ) async throws -> Answer {
        try await attempt(repeatable: repeatable) { [client, deadline] endpoint in
            try await withDeadline(deadline) {
                let timeout = TimeAmount.nanoseconds(deadline.nanoseconds)
                let response = try await client.execute(request(endpoint), timeout: timeout)
                guard response.status == .ok else { throw try await Self.refusal(response) }
                let body = try await response.body.collect(upTo: StoreLimits.totalByteCount * 6)
                return try JSONDecoder().decode(Answer.self, from: body)
            }
        }
    }

    /// Tries the endpoints in turn, from the one that answered last. The next one is tried where nothing can have
    /// happened at the one before.
    private func attempt<Answer: Sendable>(
        repeatable: Bool, _ body: (String) async throws -> Answer
    ) async throws -> Answer {
        let first = memory.withLock { $0.preferred }
        var reasons: [String] = []
        for offset in endpoints.indices {
            let index = (first + offset) % endpoints.count
            do {
                let answer = try await body(endpoints[index])
                memory.withLock { $0.preferred = index }
                return answer
            } catch let error as CancellationError {
                throw error
            } catch let error as CoordinationError {
                guard case .unreachable(let reason) = error else { throw error }
                reasons.append("\(endpoints[index]): \(reason)")
                if !repeatable { break }
            } catch {
                try Task.checkCancellation()
                reasons.append("\(endpoints[index]): \(error)")
                if !repeatable, !Self.isBeforeSending(error) { break }
            }
        }
        // The next call begins with another endpoint: this one may take the whole deadline of every call.
        memory.withLock { $0.preferred = endpoints.isEmpty ? 0 : (first + 1) % endpoints.count }
        throw CoordinationError.unreachable(
            reasons.isEmpty ? "no endpoint is configured" : reasons.joined(separator: "; "))
    }

    private static func isBeforeSending(_ error: any Error) -> Bool {
        error is NIOConnectionError || error as? HTTPClientError == .connectTimeout
            || (error as? IOError)?.errnoCode == ECONNREFUSED
    }

    private static func refusal(_ response: HTTPClientResponse) async throws -> CoordinationError {
        let body = try await response.body.collect(upTo: 64 << 10)
        guard let refusal = try? JSONDecoder().decode(StoreRefusal.self, from: body) else {
            return .unreachable("HTTP status \(response.status.code)")
        }
        return refusal.error
    }

    /// Percent-encoded as a value in a query: all but the unreserved characters of RFC 3986, section 2.3.
    private static func encoded(_ text: String) -> String {
        var encoded = ""
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E:
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                encoded += (byte < 16 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
            }
        }
        return encoded
    }
}
