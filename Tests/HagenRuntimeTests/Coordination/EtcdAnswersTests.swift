import Hagen
import Logging
import Synchronization
import Testing

@testable import HagenRuntime

/// Goal: answers that a healthy etcd hardly ever gives are taken for what they are: members say here what was written for them.
@Suite(.serialized, .timeLimit(.minutes(2))) struct EtcdAnswersTests {
    private typealias Watch = CannedMember.Watch

    @Test func whatIsOlderThanWhatIsKnownIsDoubted() {
        let store = EtcdIdentity(clusterID: 77, mark: "m")
        var known = EtcdMemory()
        known.learn(EtcdHeader(clusterID: 77, memberID: 5, revision: 8, term: 3), of: store)
        func doubt(_ revision: Int64, _ term: UInt64, mark: String = "m") -> String? {
            EtcdMemory.doubt(
                about: EtcdHeader(clusterID: 77, memberID: 5, revision: revision, term: term),
                of: EtcdIdentity(clusterID: 77, mark: mark), known: known)
        }
        #expect(doubt(8, 3) == nil && doubt(9, 4) == nil)
        #expect(doubt(7, 3)?.contains("from revision 8 to 7") ?? false)
        #expect(doubt(9, 2)?.contains("from raft term 3 to 2") ?? false)
        #expect(doubt(9, 4, mark: "n")?.contains("another store") ?? false)
        // What was learned never goes back by itself.
        known.learn(EtcdHeader(clusterID: 77, memberID: 6, revision: 5, term: 2), of: store)
        #expect(known.revision == 8 && known.term == 3)
    }

    /// Goal: a member whose raft term went back is not believed while another one contradicts it.
    @Test func aTermThatGoesBackIsNotBelieved() async throws {
        let liar = try CannedMember(transaction: CannedMember.sight(revision: 8, term: 3))
        let honest = try CannedMember(transaction: CannedMember.sight(revision: 8, term: 3))
        try await CannedMember.with([liar, honest]) {
            let log = LogKeeper()
            let store = EtcdStore(
                endpoints: [liar.endpoint, honest.endpoint], deadline: .seconds(10), logger: log.logger)
            let first = try await store.read(prefix: "/").revision
            #expect(first == 8)
            liar.answers(CannedMember.sight(revision: 9, term: 2, records: [("/a", "wrong")]))
            honest.answers(CannedMember.sight(revision: 9, term: 3, records: [("/a", "right")]))
            store.prefer(0)
            let second = try await store.read(prefix: "/")
            #expect(second.records.map(\.value) == ["right"])
            #expect(log.texts(.error) == [])
            let term = store.memory.withLock(\.term)
            #expect(term == 3)
        }
    }

    /// Goal: where no member contradicts it, the store is what it says from now on, and that is logged as the fault that it is.
    @Test func aTermThatAllHaveGoneBackToIsSaidAloud() async throws {
        let member = try CannedMember(transaction: CannedMember.sight(revision: 8, term: 3))
        try await CannedMember.with([member]) {
            let log = LogKeeper()
            let store = EtcdStore(endpoints: [member.endpoint], deadline: .seconds(10), logger: log.logger)
            let first = try await store.read(prefix: "/").revision
            #expect(first == 8)
            member.answers(CannedMember.sight(revision: 9, term: 2))
            let later = try await store.read(prefix: "/").revision
            #expect(later == 9)
            let errors = log.texts(.error)
            #expect(errors.count == 1)
            #expect(errors.first?.contains("went back from raft term 3 to 2: it has lost data") ?? false, "\(errors)")
            let term = store.memory.withLock(\.term)
            #expect(term == 2)
        }
    }

    /// Goal: a watch that its member cancels, or breaks off by an error that another one may not give, goes on there after the
    /// last change that was seen, and takes nothing more from the first.
    @Test(arguments: [
        #"{"result": {"canceled": true, "cancel_reason": "no leader"}}"#,
        #"{"error": {"grpc_code": 14, "http_code": 503, "message": "etcdserver: no leader"}}"#,
    ])
    func aBrokenWatchGoesOnAtAnotherMember(line: String) async throws {
        let sight = CannedMember.sight(revision: 7)
        let first = try CannedMember(
            transaction: sight,
            watches: [
                Watch(lines: [
                    CannedMember.created(5), CannedMember.change("/a", "6", revision: 6), line,
                    CannedMember.change("/a", "wrong", revision: 7),
                ])
            ])
        let second = try CannedMember(
            transaction: sight,
            watches: [Watch(lines: [CannedMember.created(7), CannedMember.change("/a", "7", revision: 7)])])
        try await CannedMember.with([first, second]) {
            let store = EtcdStore(endpoints: [first.endpoint, second.endpoint], logger: quietLogger)
            let seen = try await collect(store.watch(prefix: "/a", after: 5)) { $0.count == 2 }
            #expect(seen.map(\.value) == ["6", "7"])
            #expect(first.watched.count == 1)
            #expect(second.watched.first?.contains(#""start_revision":"6""#) ?? false, "\(second.watched)")
        }
    }

    /// Goal: what no other member would answer differently ends the watch, with the member's words.
    @Test func aFinalErrorEndsTheWatch() async throws {
        let member = try CannedMember(
            transaction: CannedMember.sight(revision: 7),
            watches: [
                Watch(lines: [
                    CannedMember.created(7),
                    #"{"error": {"grpc_code": 7, "message": "etcdserver: permission denied"}}"#,
                    CannedMember.change("/a", "wrong", revision: 8),
                ])
            ])
        try await CannedMember.with([member]) {
            let store = EtcdStore(endpoints: [member.endpoint], logger: quietLogger)
            await #expect(throws: CoordinationError.refused("etcdserver: permission denied")) {
                _ = try await collect(store.watch(prefix: "/a", after: 7)) { $0.count == 1 }
            }
            #expect(member.watched.count == 1)
        }
    }

    /// Goal: a watch of a revision that the store has forgotten asks for a new read.
    @Test func aCompactedWatchAsksForANewRead() async throws {
        let member = try CannedMember(
            transaction: CannedMember.sight(revision: 70),
            watches: [
                Watch(lines: [#"{"result": {"created": true, "canceled": true, "compact_revision": "40"}}"#])
            ])
        try await CannedMember.with([member]) {
            let store = EtcdStore(endpoints: [member.endpoint], logger: quietLogger)
            await #expect(throws: CoordinationError.compacted(oldest: 41)) {
                _ = try await collect(store.watch(prefix: "/a", after: 7)) { $0.count == 1 }
            }
        }
    }

    /// Goal: members that cancel every watch are tried for a while, then their reason is given.
    @Test func watchesThatAreAlwaysCancelledFailWithTheReason() async throws {
        let member = try CannedMember(
            transaction: CannedMember.sight(revision: 7),
            watches: [
                Watch(lines: [#"{"result": {"created": true, "canceled": true, "cancel_reason": "too many watches"}}"#])
            ])
        try await CannedMember.with([member]) {
            let store = EtcdStore(endpoints: [member.endpoint], logger: quietLogger)
            let error = await #expect(throws: CoordinationError.self) {
                _ = try await collect(store.watch(prefix: "/a", after: 7)) { $0.count == 1 }
            }
            #expect(error?.description.contains("too many watches") ?? false, "\(String(describing: error))")
            #expect(member.watched.count > 2)
        }
    }

    /// Goal: a version with known faults is warned of once, with the member that has it.
    @Test func aVersionWithKnownFaultsIsWarnedOfOnce() async throws {
        let sight = CannedMember.sight(revision: 7)
        let old = try CannedMember(transaction: sight, version: "3.5.2")
        let new = try CannedMember(transaction: sight, version: "3.4.42")
        try await CannedMember.with([old, new]) {
            let log = LogKeeper()
            let store = EtcdStore(endpoints: [old.endpoint, new.endpoint], deadline: .seconds(10), logger: log.logger)
            for _ in 0..<3 { await store.inspect() }
            let warnings = log.texts(.warning)
            #expect(warnings.count == 1, "\(warnings)")
            let text = warnings.first ?? ""
            #expect(text.contains("etcd 3.5.2 has known faults") && text.contains("#13766"))
            #expect(text.contains(old.endpoint) && !text.contains(new.endpoint))
            #expect(old.versionsAsked == 1 && new.versionsAsked == 1)
        }
    }
}
