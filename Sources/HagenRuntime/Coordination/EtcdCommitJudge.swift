/// Collects what the attempts of one commit come to, until one of them tells what the commit did.
struct EtcdCommitJudge: Sendable {
    enum Verdict: Sendable {
        /// - mayHaveBeenCommitted: another attempt may have been carried out, before this one or after it.
        case findings([EtcdCommit.Finding], EtcdHeader, mayHaveBeenCommitted: Bool)
        /// Nothing was written: every member says that it is another store, and shows what stands there.
        case otherStore(EtcdIdentity, revision: Int64, [StoreRecord?])
    }

    let commit: EtcdCommit
    /// What was remembered when the first attempt was sent.
    let known: EtcdMemory
    /// Attempts that cannot have been carried out.
    private var harmless: Set<Int> = []
    private var doubted: DoubtedAnswers<Verdict>

    init(commit: EtcdCommit, known: EtcdMemory, members: Int) {
        self.commit = commit
        self.known = known
        doubted = DoubtedAnswers(members: members)
    }

    /// - Parameters:
    ///   - answer: `nil`: the attempt failed.
    ///   - launched: how many attempts were sent so far.
    /// - Returns: `nil` while other attempts may still tell.
    /// - Throws: `unreachable` where none can.
    mutating func verdict(
        _ answer: EtcdTransactionAnswer?, isUnknown: Bool, of attempt: HedgedCall.Attempt, _ launched: Int
    ) throws -> Verdict? {
        guard let answer else {
            if !isUnknown { harmless.insert(attempt.number) }
            doubted.failed(attempt.member)
            return try agreed(launched)
        }
        guard let header = answer.header else { throw CoordinationError.unreachable("an answer without its header") }
        if let other = commit.otherStore(in: answer) {
            harmless.insert(attempt.number)
            let store = EtcdIdentity(clusterID: header.clusterID, mark: other.mark ?? "")
            let doubt =
                EtcdMemory.doubt(about: header, of: store, known: known) ?? "the store's mark is not the known one"
            doubted.doubted(
                .otherStore(store, revision: header.revision, other.records), from: attempt.member, because: doubt)
            if !commit.mayRepeat, doubted.unanimous == nil { throw CoordinationError.unreachable(doubt) }
            return try agreed(launched)
        }
        guard let findings = commit.findings(in: answer, at: header.revision) else {
            throw CoordinationError.unreachable("an answer that does not fit its transaction")
        }
        let store = EtcdIdentity(clusterID: header.clusterID, mark: commit.store.mark)
        if let doubt = EtcdMemory.doubt(about: header, of: store, known: known) {
            throw CoordinationError.unreachable(doubt)
        }
        let others = (0..<launched).filter { $0 != attempt.number }
        return .findings(
            findings, header, mayHaveBeenCommitted: others.contains { !harmless.contains($0) })
    }

    private func agreed(_ launched: Int) throws -> Verdict? {
        guard let (verdict, doubt) = doubted.unanimous else { return nil }
        guard (0..<launched).allSatisfy(harmless.contains) else { throw CoordinationError.unreachable(doubt) }
        return verdict
    }
}

/// Answers that contradict what is known, until every member was asked: one member that has lost its data or belongs
/// to another cluster is left aside, but where nobody contradicts it, it tells how things are.
struct DoubtedAnswers<Answer: Sendable>: Sendable {
    private let members: Int
    private var answers: [Int: (answer: Answer, doubt: String)] = [:]
    private var failures: Set<Int> = []

    init(members: Int) { self.members = members }

    mutating func failed(_ member: Int) { failures.insert(member) }

    mutating func doubted(_ answer: Answer, from member: Int, because doubt: String) {
        answers[member] = (answer, doubt)
    }

    /// The first member's, once every member has given such an answer or none.
    var unanimous: (answer: Answer, doubt: String)? {
        guard failures.union(answers.keys).count == members else { return nil }
        return answers.min { $0.key < $1.key }?.value
    }
}
