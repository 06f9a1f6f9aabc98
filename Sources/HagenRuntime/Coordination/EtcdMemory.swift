/// What a client remembers of the store that it talks to, so that nobody can show it an older or another one.
struct EtcdMemory: Equatable, Sendable {
    /// Of the member that answered last.
    var preferred = 0
    private(set) var store: EtcdIdentity?
    private(set) var revision: Int64 = 0
    private(set) var term: UInt64 = 0

    /// Why an answer with that header is not to be believed, in words; `nil` where nothing speaks against it.
    ///
    /// - Parameter known: what was remembered when the request was sent: every linearizable answer is at least as new.
    static func doubt(about header: EtcdHeader, of store: EtcdIdentity, known: EtcdMemory) -> String? {
        guard let remembered = known.store else { return nil }
        let member = "member \(hexadecimal(header.memberID))"
        guard store == remembered else {
            return
                "\(member) belongs to another store (\(store.storeID)) than the one that was used (\(remembered.storeID))"
        }
        if header.revision < known.revision {
            return "\(member) went back from revision \(known.revision) to \(header.revision): it has lost data"
        }
        if header.term < known.term {
            return "\(member) went back from raft term \(known.term) to \(header.term): it has lost data"
        }
        return nil
    }

    mutating func learn(_ header: EtcdHeader, of store: EtcdIdentity) {
        if store != self.store {
            self.store = store
            (revision, term) = (0, 0)
        }
        revision = max(revision, header.revision)
        term = max(term, header.term)
    }

    /// After an answer that no member contradicted: from now on this is the store.
    mutating func startOver(_ sight: EtcdSight) {
        store = sight.store.mark.isEmpty ? nil : sight.store
        (revision, term) = (sight.header.revision, sight.header.term)
        preferred = sight.member
    }
}

/// Which store it is. The cluster id of etcd alone does not say: it follows from the members' addresses, and a cluster
/// that was made anew at the same addresses has the same. So the first client leaves a random mark in it.
struct EtcdIdentity: Equatable, Sendable {
    /// Hagen's own; the store's users never see it.
    static let key = "hagen-store-identity"

    var clusterID: UInt64
    var mark: String

    var storeID: String { hexadecimal(clusterID) + mark }

    static func newMark() -> String { hexadecimal(UInt64.random(in: 0 ... .max)) }
}

/// 16 digits.
func hexadecimal(_ number: UInt64) -> String {
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
}
