internal import FoundationEssentials
internal import NIOCore
internal import NIOFoundationCompat

/// One watch of a store kept by etcd: connects when the first change is asked for, reads no further ahead than the
/// connection buffers, and goes on at another member, after the last revision that it saw, whenever one fails.
///
/// A member that was cut off from the others keeps its watches open and tells nothing. So a watch that is silent
/// (`EtcdEndpoints.maximumSilence`) is started anew at the next member, and counts as standing only where that member has answered a
/// linearizable read since. Members that Hagen has configured say several times a second how far they are (before 3.4.31
/// and 3.5.13 only once there was a change); for others, silence is ordinary where nothing changes.
///
/// It asks for changes from the last revision that is known, not from the one after it: before 3.4.36 and 3.5.18 etcd
/// lets a watch start at the very revision that was compacted and leaves out a removal there
/// (etcd-io/etcd#19179); one revision earlier it says that it was compacted.
actor EtcdWatch {
    /// For how long members may fail one after the other.
    private static let patience = Duration.seconds(2)
    private static let startTimeout = Duration.milliseconds(500)
    private static let longestPause = Duration.milliseconds(100)

    private let store: EtcdStore
    private let prefix: String
    /// Every change up to it was told.
    private var revision: Int64
    private var lines: HTTPLines?
    private var member: Int
    private var changes: [StoreChange] = []
    private var told = 0
    private var failingSince: ContinuousClock.Instant?
    private var failures = 0

    init(store: EtcdStore, prefix: String, after revision: Int64) {
        self.store = store
        self.prefix = prefix
        self.revision = revision
        member = store.preferredMember
    }

    /// The next change. Never `nil`: a watch without an end that ended has failed.
    func next() async throws -> StoreChange? {
        while true {
            try Task.checkCancellation()
            if told < changes.count {
                told += 1
                return changes[told - 1]
            }
            do {
                try await receive()
            } catch let error as CancellationError {
                throw error
            } catch {
                try Task.checkCancellation()
                lines = nil
                if let final = Self.final(error) { throw final }
                try await moveOn(after: error)
            }
        }
    }

    private func receive() async throws {
        let lines = try await standing()
        guard let line = try await lines.next() else {
            throw CoordinationError.unreachable("the member ended the watch")
        }
        let result = try Self.result(of: line)
        guard !result.events.isEmpty else {
            // How far the member is: everything up to there was told.
            if !result.isCreated, let header = result.header { revision = max(revision, header.revision) }
            return
        }
        changes = result.events.compactMap { event in
            guard event.record.revision > revision, event.record.key != EtcdIdentity.key else { return nil }
            let (key, revision) = (event.record.key, event.record.revision)
            guard !event.isRemoval else { return StoreChange(key: key, value: nil, revision: revision) }
            let stored = EtcdValue(stored: event.record.value)
            return StoreChange(key: key, value: stored.value, revision: revision, commitID: stored.nonce)
        }
        told = 0
        // A line has the changes of a revision all or not at all.
        revision = max(revision, result.events.map(\.record.revision).max() ?? 0)
    }

    private func standing() async throws -> HTTPLines {
        if let lines { return lines }
        guard !store.endpoints.addresses.isEmpty else {
            throw CoordinationError.refused("no endpoint is configured")
        }
        try StoreLimits.check(prefix: prefix)
        let request = EtcdWatchRequest(keys: EtcdKeys(prefix: prefix), startRevision: max(revision, 1))
        let body = try JSONEncoder().encodeAsByteBuffer(request, allocator: ByteBufferAllocator())
        let (endpoints, member) = (store.endpoints, member)
        let lines = try await withDeadline(Self.startTimeout) {
            let lines = try await endpoints.watch(body, of: member, timeout: Self.startTimeout)
            guard let line = try await lines.next(), try Self.result(of: line).isCreated else {
                throw CoordinationError.unreachable("the watch did not start as it should")
            }
            return lines
        }
        let header = try await store.look(at: member, timeout: Self.startTimeout)
        guard header.revision >= revision else { throw CoordinationError.compacted(oldest: header.revision + 1) }
        (failingSince, failures) = (nil, 0)
        self.lines = lines
        return lines
    }

    private func moveOn(after error: any Error) async throws {
        let now = ContinuousClock.now
        let since = failingSince ?? now
        failingSince = since
        failures += 1
        let count = store.endpoints.addresses.count
        guard now - since < Self.patience else {
            throw CoordinationError.unreachable("the watch broke: \(store.endpoints.addresses[member]): \(error)")
        }
        member = (member + 1) % count
        // Each member is tried at once, then they are left in peace for a moment.
        if failures >= count { try await Task.sleep(for: min(.milliseconds(10) * failures, Self.longestPause)) }
    }

    private static func result(of line: ByteBuffer) throws -> EtcdWatchLine.Result {
        let line = try JSONDecoder().decode(EtcdWatchLine.self, from: line)
        if let refusal = line.error { throw refusal }
        guard let result = line.result else { throw CoordinationError.unreachable("a line without a result") }
        if result.compactRevision > 0 { throw CoordinationError.compacted(oldest: result.compactRevision + 1) }
        if result.isCanceled {
            throw CoordinationError.unreachable("the member cancelled the watch: \(result.cancelReason)")
        }
        return result
    }

    /// What no other member would answer differently.
    private static func final(_ error: any Error) -> CoordinationError? {
        switch error {
        case let refusal as EtcdRefusal where refusal.isFinal: .refused(refusal.description)
        case let error as CoordinationError:
            if case .unreachable = error { nil } else { error }
        default: nil
        }
    }
}
