/// The swaps of one commit as a transaction of etcd, and what its answers mean.
///
///     if the store is the one that is known
///     then for each swap: if the key's last write is the expected one, by revision and by nonce, then write, else read the key
///     else read the store's mark and every key
///
/// Each swap is a transaction within the transaction: judged on its own, under one revision.
///
/// The same transaction may have been sent to several members, and any of them may have been carried out. A swap
/// that expects a revision above 0 can be committed once at most, however often it is sent: afterwards the key never again has that
/// revision. So what a later attempt finds tells what the earlier one did:
///
/// - it commits: that is the swap's commit;
/// - it finds the value with the nonce of this commit: an earlier attempt committed it, at that record's revision;
/// - it finds something else: nobody's earlier attempt committed it, or one did and somebody else has replaced it
///   since. Where an earlier attempt's outcome is unknown, the key's history tells which (`EtcdStore.resolve`).
struct EtcdCommit: Sendable {
    /// What one attempt showed of one swap.
    enum Finding: Equatable, Sendable {
        case outcome(CommitResult.Outcome)
        /// Somebody else's record, or none: conflicting, unless an earlier attempt was carried out.
        case replaced(by: StoreRecord?)
    }

    let swaps: [CompareAndSwap]
    let nonce: String
    let store: EtcdIdentity

    /// Whether it may be sent again before it is known what became of it. A removal leaves nothing by which it is
    /// recognised, and a key that was absent can be absent again.
    var mayRepeat: Bool { swaps.allSatisfy { $0.value != nil && $0.expected > 0 } }

    var transaction: EtcdTransaction {
        EtcdTransaction(
            compare: [EtcdComparison(key: EtcdIdentity.key, expected: .value(store.mark))],
            success: swaps.map { .transaction(transaction(for: $0)) },
            failure: [.read(EtcdRange(keys: EtcdKeys(one: EtcdIdentity.key)))]
                + swaps.map { .read(EtcdRange(keys: EtcdKeys(one: $0.key))) })
    }

    private func transaction(for swap: CompareAndSwap) -> EtcdTransaction {
        let success: [EtcdOperation] =
            switch swap.value {
            case let value?: [.put(key: swap.key, value: EtcdValue(nonce: nonce, value: value).stored)]
            // To remove an absent key changes nothing.
            case nil: swap.expected > 0 ? [.remove(key: swap.key)] : []
            }
        var compare = [EtcdComparison(key: swap.key, expected: .lastWrite(revision: swap.expected))]
        if let writer = swap.expectedCommitID {
            compare += EtcdValue.bounds(nonce: writer).map { EtcdComparison(key: swap.key, expected: $0) }
        }
        return EtcdTransaction(
            compare: compare, success: success,
            failure: [.read(EtcdRange(keys: EtcdKeys(one: swap.key)))])
    }

    /// What the answer shows of each swap; `nil` where it is not the answer to this transaction.
    func findings(in answer: EtcdTransactionAnswer, at revision: Int64) -> [Finding]? {
        guard answer.succeeded, answer.operations.count == swaps.count else { return nil }
        var findings: [Finding] = []
        for operation in answer.operations {
            guard let inner = operation.transaction else { return nil }
            if inner.succeeded {
                findings.append(.outcome(.committed(revision: revision)))
                continue
            }
            guard let range = inner.operations.first?.range else { return nil }
            findings.append(finding(range.records.first))
        }
        return findings
    }

    func finding(_ record: EtcdRecord?) -> Finding {
        if let record, EtcdValue(stored: record.value).nonce == nonce {
            return .outcome(.committed(revision: record.revision))
        }
        return .replaced(by: record.map { StoreRecord($0) })
    }

    /// The mark of the store that refused the transaction for being another one, and the records of the keys there.
    func otherStore(in answer: EtcdTransactionAnswer) -> (mark: String?, records: [StoreRecord?])? {
        guard !answer.succeeded, answer.operations.count == swaps.count + 1 else { return nil }
        let records = answer.operations.map { $0.range?.records.first }
        return (records[0]?.value, records.dropFirst().map { $0.map { StoreRecord($0) } })
    }
}
