internal import NIOCore
internal import Synchronization

extension EtcdStore {
    /// Records between an expected one and the present one that are looked at to find what became of an attempt.
    private static let longestHistory = 8

    package func commit(_ swaps: [CompareAndSwap]) async throws -> CommitResult {
        try StoreLimits.check(swaps)
        guard swaps.allSatisfy({ $0.key != EtcdIdentity.key }) else {
            throw CoordinationError.refused("'\(EtcdIdentity.key)' is the store's own key")
        }
        if memory.withLock({ $0.store == nil }) { _ = try await look([]) }
        let known = memory.withLock { $0 }
        guard let store = known.store else { throw CoordinationError.unreachable("the store has no mark") }
        let commit = EtcdCommit(swaps: swaps, nonce: EtcdIdentity.newMark(), store: store)
        let body = try encoded(commit.transaction)
        var judge = EtcdCommitJudge(commit: commit, known: known, members: endpoints.addresses.count)
        do {
            let verdict = try await call(mayRepeat: commit.mayRepeat).run(
                { [self] in await attempt($0, body) },
                judge: { attempt, end, launched in
                    let verdict = try judge.verdict(
                        try answer(of: end), isUnknown: end.isUnknown, of: attempt, launched)
                    if case .findings(_, let header, _) = verdict { learn(header, of: store, from: attempt.member) }
                    return verdict
                })
            return try await result(of: commit, verdict)
        } catch {
            // The next call begins with another member: this one may be frozen, or not what it was.
            prefer(known.preferred + 1)
            throw error
        }
    }

    private func result(of commit: EtcdCommit, _ verdict: EtcdCommitJudge.Verdict) async throws -> CommitResult {
        switch verdict {
        case .otherStore(let store, let revision, let records):
            return CommitResult(
                storeID: store.storeID, revision: revision, commitID: commit.nonce,
                outcomes: records.map { .conflict(current: $0) })
        case .findings(let findings, let header, let mayHaveBeenCommitted):
            var outcomes: [CommitResult.Outcome] = []
            for (swap, finding) in zip(commit.swaps, findings) {
                switch finding {
                case .outcome(let outcome): outcomes.append(outcome)
                case .replaced(let current):
                    outcomes.append(
                        mayHaveBeenCommitted
                            ? try await resolve(swap, replacedBy: current, commit) : .conflict(current: current))
                }
            }
            return CommitResult(
                storeID: commit.store.storeID, revision: header.revision, commitID: commit.nonce, outcomes: outcomes)
        }
    }

    /// What became of a swap that another attempt may have committed, where somebody else's record stands now: the
    /// write that came right after the expected one tells.
    ///
    /// - Throws: `unreachable` where the history does not tell.
    private func resolve(
        _ swap: CompareAndSwap, replacedBy current: StoreRecord?, _ commit: EtcdCommit
    ) async throws -> CommitResult.Outcome {
        var later = current
        for _ in 0..<Self.longestHistory {
            guard let record = later else { break }
            // The key never came to the expected revision, or has left it for an older record: no attempt can have held.
            if record.revision <= swap.expected { return .conflict(current: current) }
            let range = EtcdRange(keys: EtcdKeys(one: swap.key), revision: record.revision - 1)
            guard let before = try await look([range]).ranges.first?.records.first else { break }
            if before.revision == swap.expected { return .conflict(current: current) }
            if case .outcome(let outcome) = commit.finding(before) { return outcome }
            later = StoreRecord(before)
        }
        throw CoordinationError.unreachable(
            "it is not known whether '\(swap.key)' was written: it was replaced before an answer came")
    }
}
