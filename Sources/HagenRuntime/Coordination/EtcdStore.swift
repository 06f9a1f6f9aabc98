internal import FoundationEssentials
package import Logging
internal import NIOCore
internal import NIOFoundationCompat
internal import NIOSSL
internal import Synchronization

/// A store kept by a cluster of etcd, over the JSON gateway of its version 3 interface (etcd 3.4 and later).
///
/// Reads and commits are linearizable, and are sent to further members while the first one has not answered
/// (`HedgedCall`). What commits mean that were sent several times is worked out in `EtcdCommit`; a deadline that counts
/// from before the call of `commit` counts from before every attempt. Answers that are older than what this client was
/// already shown, or that come from another store, are refused (`EtcdMemory`).
package final class EtcdStore: CoordinationStore {
    private static let transactions = "/v3/kv/txn"

    let endpoints: EtcdEndpoints
    let memory = Mutex(EtcdMemory())
    private let deadline: Duration
    private let isHedged: Bool
    private let logger: Logger
    private let versions: EtcdVersionCheck

    /// - Parameters:
    ///   - endpoints: base addresses of the members, such as `https://10.0.0.11:2379`.
    ///   - deadline: of a read and of a commit, over all attempts.
    ///   - isHedged: `false` for measurements alone: no second attempt while the first one is not answered.
    package convenience init(
        endpoints: [String], deadline: Duration = .seconds(2), isHedged: Bool = true, logger: Logger
    ) {
        self.init(endpoints: endpoints, deadline: deadline, isHedged: isHedged, tls: nil, logger: logger)
    }

    init(endpoints: [String], deadline: Duration, isHedged: Bool = true, tls: TLSConfiguration?, logger: Logger) {
        self.endpoints = EtcdEndpoints(
            endpoints, connectTimeout: min(deadline, .milliseconds(500)), tls: tls)
        self.deadline = deadline
        self.isHedged = isHedged
        self.logger = logger
        versions = EtcdVersionCheck(endpoints: self.endpoints, logger: logger)
    }

    /// Warns of members whose version has known faults.
    package func inspect() async { await versions.run() }

    // MARK: Reading

    package func read(prefix: String) async throws -> StoreSnapshot {
        try StoreLimits.check(prefix: prefix)
        let sight = try await look([EtcdRange(keys: EtcdKeys(prefix: prefix))])
        let records = (sight.ranges.first?.records ?? []).filter { $0.key != EtcdIdentity.key }
        return StoreSnapshot(
            storeID: sight.store.storeID, revision: sight.header.revision,
            records: records.map { StoreRecord($0) }.sorted { $0.key < $1.key })
    }

    /// Reads the store's mark and the ranges in one transaction. A store without a mark is given one first.
    func look(_ ranges: [EtcdRange]) async throws -> EtcdSight {
        let transaction = EtcdTransaction(
            success: ([EtcdRange(keys: EtcdKeys(one: EtcdIdentity.key))] + ranges).map { .read($0) })
        // Of two that mark an unmarked store at a time one wins, and both read again.
        for _ in 0..<3 {
            if let found = try await lookOnce(transaction) { return found }
            try await markStore()
        }
        throw CoordinationError.unreachable("the store's mark '\(EtcdIdentity.key)' was removed again and again")
    }

    private func lookOnce(_ transaction: EtcdTransaction) async throws -> EtcdSight? {
        let body = try encoded(transaction)
        let known = memory.withLock { $0 }
        var doubted = DoubtedAnswers<EtcdSight>(members: endpoints.addresses.count)
        let sight = try await call(mayRepeat: true).run(
            { [self] in await attempt($0, body) },
            judge: { attempt, end, _ -> EtcdSight? in
                guard let answer = try answer(of: end) else {
                    doubted.failed(attempt.member)
                    return doubted.unanimous.map { accept($0, because: $1) }
                }
                let sight = try EtcdSight(answer, from: attempt.member)
                guard let doubt = EtcdMemory.doubt(about: sight.header, of: sight.store, known: known) else {
                    if !sight.store.mark.isEmpty { learn(sight.header, of: sight.store, from: attempt.member) }
                    return sight
                }
                doubted.doubted(sight, from: attempt.member, because: doubt)
                return doubted.unanimous.map { accept($0, because: $1) }
            })
        return sight.store.mark.isEmpty ? nil : sight
    }

    /// No member contradicts it: what was known is not there any more.
    private func accept(_ sight: EtcdSight, because doubt: String) -> EtcdSight {
        logger.error("the store is not what it was: \(doubt)")
        memory.withLock { $0.startOver(sight) }
        return sight
    }

    private func markStore() async throws {
        let mark = EtcdTransaction(
            compare: [EtcdComparison(key: EtcdIdentity.key, expected: .lastWrite(revision: 0))],
            success: [.put(key: EtcdIdentity.key, value: EtcdIdentity.newMark())])
        let body = try encoded(mark)
        // Another attempt can only find what an earlier one has put.
        let _: Bool = try await call(mayRepeat: true).run(
            { [self] in await attempt($0, body) }, judge: { _, end, _ in try answer(of: end).map { _ in true } })
    }

    // MARK: Watching

    package func watch(prefix: String, after revision: Int64) -> AsyncThrowingStream<StoreChange, any Error> {
        let watch = EtcdWatch(store: self, prefix: prefix, after: revision)
        return AsyncThrowingStream { try await watch.next() }
    }

    /// What that very member knows of the store, linearizably: it fails on one that has lost the others.
    func look(at member: Int, timeout: Duration) async throws -> EtcdHeader {
        let transaction = EtcdTransaction(success: [.read(EtcdRange(keys: EtcdKeys(one: EtcdIdentity.key)))])
        let known = memory.withLock { $0 }
        let answer: EtcdTransactionAnswer = try await endpoints.call(
            Self.transactions, of: member, encoded(transaction), timeout: timeout)
        let sight = try EtcdSight(answer, from: member)
        // Revisions of another store say nothing about this one.
        if let remembered = known.store, remembered != sight.store {
            throw CoordinationError.compacted(oldest: sight.header.revision + 1)
        }
        if let doubt = EtcdMemory.doubt(about: sight.header, of: sight.store, known: known) {
            throw CoordinationError.unreachable(doubt)
        }
        return sight.header
    }

    var preferredMember: Int { memory.withLock { $0.preferred } }

    // MARK: Attempts

    func call(mayRepeat: Bool) -> HedgedCall {
        HedgedCall(
            members: endpoints.addresses.count, first: preferredMember, deadline: deadline,
            mayRepeat: mayRepeat && isHedged)
    }

    func attempt(_ attempt: HedgedCall.Attempt, _ body: ByteBuffer) async -> HedgedCall.End<EtcdTransactionAnswer> {
        do {
            return .answered(
                try await endpoints.call(Self.transactions, of: attempt.member, body, timeout: attempt.timeout))
        } catch {
            let named = EtcdProblem(endpoint: endpoints.addresses[attempt.member], cause: error)
            return EtcdEndpoints.isBeforeSending(error) ? .notSent(named) : .unknown(named)
        }
    }

    /// - Throws: `CoordinationError.refused` where every member would say no.
    func answer(of end: HedgedCall.End<EtcdTransactionAnswer>) throws -> EtcdTransactionAnswer? {
        switch end {
        case .answered(let answer): return answer
        case .notSent: return nil
        case .unknown(let error):
            if let refusal = (error as? EtcdProblem)?.cause as? EtcdRefusal, refusal.isFinal {
                throw CoordinationError.refused(refusal.description)
            }
            return nil
        }
    }

    func learn(_ header: EtcdHeader, of store: EtcdIdentity, from member: Int) {
        memory.withLock {
            $0.learn(header, of: store)
            $0.preferred = member
        }
    }

    func prefer(_ member: Int) {
        guard !endpoints.addresses.isEmpty else { return }
        memory.withLock { $0.preferred = member % endpoints.addresses.count }
    }

    func encoded(_ transaction: EtcdTransaction) throws -> ByteBuffer {
        try JSONEncoder().encodeAsByteBuffer(transaction, allocator: ByteBufferAllocator())
    }
}

/// Who answered, as of when, and what.
struct EtcdSight: Sendable {
    var header: EtcdHeader
    /// Without a mark where the store has none yet.
    var store: EtcdIdentity
    /// Its place among the endpoints.
    var member: Int
    /// What was read besides the mark.
    var ranges: [EtcdRangeAnswer]

    /// An answer to a transaction that reads the mark first.
    init(_ answer: EtcdTransactionAnswer, from member: Int) throws {
        guard let header = answer.header, let mark = answer.operations.first?.range else {
            throw CoordinationError.unreachable("an answer that does not fit its transaction")
        }
        self.header = header
        self.member = member
        store = EtcdIdentity(clusterID: header.clusterID, mark: mark.records.first?.value ?? "")
        ranges = answer.operations.dropFirst().compactMap(\.range)
    }
}

/// Why a member gave no answer.
struct EtcdProblem: Error, CustomStringConvertible {
    var endpoint: String
    var cause: any Error
    var description: String { "\(endpoint): \(cause)" }
}
