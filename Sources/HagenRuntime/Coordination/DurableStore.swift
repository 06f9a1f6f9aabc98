package import Logging
internal import Synchronization

/// The embedded store: the state in memory, every commit on disk before it is acknowledged or seen.
///
/// Requests that wait at the same time share one write to the disk (group commit). After a failed write nobody knows
/// what the disk holds: the store ends itself, and what it finds at its next start counts.
package final class DurableStore: CoordinationStore {
    /// Requests that wait for the disk; more are turned away at once.
    package static let maximumWaiting = 1_024
    /// Requests that share one write.
    static let maximumBatch = 256

    let published: PublishedStore
    let file: StoreFile
    private let logger: Logger
    private let waiting = Mutex(Waiting())
    private let wakeups: AsyncStream<Void>
    private let wakeup: AsyncStream<Void>.Continuation

    private struct Waiting {
        var requests: [Request] = []
        /// Before `run` and after it nobody writes.
        var isOpen = true
    }

    private struct Request {
        var swaps: [CompareAndSwap]
        var continuation: CheckedContinuation<CommitResult, any Error>
    }

    /// - Throws: `EngineFailure` in words when the file cannot be used.
    package init(
        at path: String, rememberedChanges: Int = StoreLimits.rememberedChanges, logger: Logger
    ) throws(EngineFailure) {
        let (file, contents) = try StoreFile.open(at: path)
        self.file = file
        self.logger = logger
        published = PublishedStore(
            storeID: contents.storeID, state: contents.state,
            history: ChangeHistory(floor: contents.state.revision, maximumCount: rememberedChanges))
        (wakeups, wakeup) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    package func read(prefix: String) async throws -> StoreSnapshot { try published.read(prefix: prefix) }

    package func watch(prefix: String, after revision: Int64) -> AsyncThrowingStream<StoreChange, any Error> {
        published.changes(prefix: prefix, after: revision)
    }

    package func commit(_ swaps: [CompareAndSwap]) async throws -> CommitResult {
        try StoreLimits.check(swaps)
        return try await withCheckedThrowingContinuation { continuation in
            let refusal = waiting.withLock { waiting -> CoordinationError? in
                guard waiting.isOpen else { return .unreachable("the store is stopping") }
                guard waiting.requests.count < Self.maximumWaiting else {
                    return .unreachable("\(Self.maximumWaiting) commits wait for the disk already")
                }
                waiting.requests.append(Request(swaps: swaps, continuation: continuation))
                return nil
            }
            if let refusal { continuation.resume(throwing: refusal) } else { wakeup.yield() }
        }
    }

    /// Writes what is committed until the task is cancelled.
    package func run() async throws {
        defer { stop() }
        for await _ in wakeups {
            while case let batch = nextBatch(), !batch.isEmpty { try await write(batch) }
        }
    }

    private func nextBatch() -> [Request] {
        waiting.withLock { waiting in
            let batch = Array(waiting.requests.prefix(Self.maximumBatch))
            waiting.requests.removeFirst(batch.count)
            return batch
        }
    }

    private func write(_ batch: [Request]) async throws {
        var next = published.state
        var changes: [StoreChange] = []
        var answers: [(Request, Result<CommitResult, CoordinationError>)] = []
        for request in batch {
            do throws(CoordinationError) {
                let commitID = StoreIdentity.newCommitID()
                let judged = try next.commit(request.swaps, as: commitID)
                changes += judged.changes
                let result = CommitResult(
                    storeID: published.storeID, revision: next.revision, commitID: commitID,
                    outcomes: judged.outcomes)
                answers.append((request, .success(result)))
            } catch {
                answers.append((request, .failure(error)))
            }
        }
        if !changes.isEmpty {
            do {
                try await file.write(changes, revision: next.revision)
            } catch {
                for request in batch {
                    request.continuation.resume(
                        throwing: CoordinationError.unreachable("the store could not write: \(error)"))
                }
                throw EngineFailure("the store '\(file.path)' could not be written: \(error)")
            }
            published.publish(next, changes)
        }
        for (request, answer) in answers { request.continuation.resume(with: answer) }
    }

    private func stop() {
        let abandoned = waiting.withLock { waiting in
            waiting.isOpen = false
            defer { waiting.requests = [] }
            return waiting.requests
        }
        for request in abandoned {
            request.continuation.resume(throwing: CoordinationError.unreachable("the store is stopping"))
        }
        published.close()
        do {
            try file.close()
        } catch {
            logger.warning("the store's file did not close cleanly", metadata: ["error": "\(error)"])
        }
    }
}
