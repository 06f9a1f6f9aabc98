import Foundation
import Hagen
import Synchronization
import Testing

@testable import HagenRuntime

/// Goal: what etcd does under faults never makes the conformer say what is not so.
@Suite(.serialized, .enabled(if: EtcdCluster.isInstalled, "needs /usr/bin/etcd (Debian: etcd-server)"))
struct EtcdStoreTests {
    /// Goal: commits of many writers, with the leader killed amid them: nothing that was acknowledged is lost, nothing
    /// is committed twice, and no writer is told of a conflict with itself.
    @Test func theLeaderIsKilledAmidCommits() async throws {
        let cluster = try EtcdCluster(members: 3)
        try await cluster.start()
        try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 0..<6 {
                let store = cluster.store(deadline: .seconds(5))
                group.addTask { try await countAlone("/count/\(number)", in: store, until: .now + .seconds(4)) }
            }
            group.addTask {
                for _ in 0..<2 {
                    try await traffic(for: .seconds(1))
                    let leader = try await cluster.leader()
                    cluster.signal(SIGKILL, to: leader)
                    try await traffic(for: .milliseconds(500))
                    try cluster.launch(leader)
                    try await cluster.waitUntilReady(leader)
                }
                return .max
            }
            for try await count in group { #expect(count > 20) }
        }
    }

    /// Goal: one counter with many writers, under the same fault, counts each increment once.
    @Test func aSharedCounterSurvivesTheLeader() async throws {
        let cluster = try EtcdCluster(members: 3)
        try await cluster.start()
        let first = cluster.store()
        _ = try await first.put("/shared", "0", expecting: 0)
        let (acknowledged, unknown) = try await withThrowingTaskGroup(of: (Int, Int).self) { group in
            for _ in 0..<6 {
                let store = cluster.store(deadline: .seconds(5))
                group.addTask { try await countTogether("/shared", in: store, until: .now + .seconds(3)) }
            }
            group.addTask {
                try await traffic(for: .seconds(1))
                cluster.signal(SIGKILL, to: try await cluster.leader())
                return (0, 0)
            }
            return try await group.reduce((0, 0)) { ($0.0 + $1.0, $0.1 + $1.1) }
        }
        let record = try #require(try await first.read(prefix: "/shared").records.first)
        let value = try #require(Int(record.value))
        print("shared counter: \(acknowledged) acknowledged, \(unknown) unknown, value \(value)")
        #expect(acknowledged > 20)
        #expect((acknowledged...(acknowledged + unknown)).contains(value))
    }

    /// Goal: a swap whose first attempt was carried out and never answered is reported as committed, at the revision of that
    /// attempt, and also where somebody else has replaced it since; one that was never carried out conflicts.
    @Test(arguments: [false, true]) func aRepeatedAttemptFindsItsOwnWork(isReplaced: Bool) async throws {
        let cluster = try EtcdCluster(members: 1)
        try await cluster.start()
        let direct = cluster.store()
        let start = try #require(try await direct.put("/k", "0", expecting: 0))
        let mute = MuteMember(port: try freePort(), target: cluster.endpoints[0]) { number in
            guard isReplaced else { return }
            _ = try await direct.put("/k", "foreign \(number)", expecting: start + 1)
        }
        try await running({ try await mute.run() }) {
            try await mute.waitUntilReady()
            let store = EtcdStore(
                endpoints: [mute.endpoint, cluster.endpoints[0]], deadline: .seconds(5), logger: quietLogger)
            _ = try await store.read(prefix: "/k")
            mute.begin()
            store.prefer(0)
            let result = try await store.commit([CompareAndSwap(key: "/k", expected: start, value: "mine")])
            #expect(result.outcomes == [.committed(revision: start + 1)])
            #expect(mute.swallowed >= 1)
            let current = try #require(try await direct.read(prefix: "/k").records.first)
            #expect(current.value == (isReplaced ? "foreign 1" : "mine"))
        }
    }

    /// Goal: an attempt that never arrived does not turn somebody else's record into ours.
    @Test func anAttemptThatNeverArrivedConflicts() async throws {
        let cluster = try EtcdCluster(members: 1)
        try await cluster.start()
        let direct = cluster.store()
        let start = try #require(try await direct.put("/k", "0", expecting: 0))
        let mute = MuteMember(port: try freePort(), target: nil) { _ in
            _ = try await direct.put("/k", "mine", expecting: start)
        }
        try await running({ try await mute.run() }) {
            try await mute.waitUntilReady()
            let store = EtcdStore(
                endpoints: [mute.endpoint, cluster.endpoints[0]], deadline: .seconds(5), logger: quietLogger)
            store.prefer(1)
            _ = try await store.read(prefix: "/k")
            mute.begin()
            store.prefer(0)
            let result = try await store.commit([CompareAndSwap(key: "/k", expected: start, value: "mine")])
            let foreign = StoreRecord(key: "/k", value: "mine", revision: start + 1)
            #expect(result.outcomes.map(\.anonymous) == [.conflict(current: foreign)])
        }
    }

    /// Goal: a watch that stands is not disturbed by a compaction, and one that asks for what is forgotten is told so,
    /// with the revision from which it can go on; a removal at that very revision is not left out in silence.
    @Test func theHistoryIsCompacted() async throws {
        let cluster = try EtcdCluster(members: 1)
        try await cluster.start()
        let store = cluster.store()
        var revision = try #require(try await store.put("/k/a", "0", expecting: 0))
        let start = revision
        for number in 1...20 { revision = try #require(try await store.put("/k/a", "\(number)", expecting: revision)) }
        let removal = try #require(try await store.put("/k/a", nil, expecting: revision))
        try await withThrowingTaskGroup(of: Void.self) { group in
            let count = Mutex(0)
            group.addTask {
                let seen = try await collect(store.watch(prefix: "/k/", after: start)) { changes in
                    count.withLock { $0 = changes.count }
                    return changes.last?.value == "end"
                }
                #expect(seen.count == 22)
            }
            // It stands as soon as it has seen the past.
            while count.withLock({ $0 }) < 21 { try await Task.sleep(for: .milliseconds(5)) }
            try await cluster.compact(to: removal)
            _ = try await store.put("/k/b", "end", expecting: 0)
            try await group.waitForAll()
        }
        for revision in [start, removal - 1] {
            await #expect(throws: CoordinationError.compacted(oldest: removal + 1)) {
                _ = try await collect(store.watch(prefix: "/k/", after: revision)) { _ in false }
            }
        }
        let seen = try await collect(store.watch(prefix: "/k/", after: removal)) { $0.count == 1 }
        #expect(seen.map(\.value) == ["end"])
    }

    /// Goal: with the member that serves it stopped, a watch goes on at another and misses nothing, and commits go on; with
    /// the majority stopped both fail within their time, and come back by themselves.
    @Test func membersAreIsolated() async throws {
        let cluster = try EtcdCluster(members: 3)
        try await cluster.start()
        let store = cluster.store(deadline: .seconds(3))
        var revision = try #require(try await store.put("/k", "0", expecting: 0))
        let start = revision
        let watch = store.watch(prefix: "/k", after: start)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                let seen = try await collect(watch) { $0.count == 40 }
                #expect(seen.map(\.value) == (1...40).map { "\($0)" })
            }
            for number in 1...40 {
                if number == 20 { cluster.signal(SIGSTOP, to: store.preferredMember) }
                revision = try #require(try await store.put("/k", "\(number)", expecting: revision))
                try await Task.sleep(for: .milliseconds(20))
            }
            try await group.waitForAll()
        }
        for index in cluster.members.indices.dropFirst() { cluster.signal(SIGSTOP, to: index) }
        let expected = revision
        let began = ContinuousClock.now
        await #expect(throws: CoordinationError.self) { _ = try await store.put("/k", "late", expecting: expected) }
        #expect(ContinuousClock.now - began < .seconds(5))
        await #expect(throws: CoordinationError.self) {
            _ = try await collect(store.watch(prefix: "/k", after: expected)) { _ in false }
        }
        for index in cluster.members.indices { cluster.signal(SIGCONT, to: index) }
        try await within(.seconds(20)) {
            while (try? await store.read(prefix: "/k")) == nil { try await Task.sleep(for: .milliseconds(20)) }
        }
        #expect(["40", "late"].contains(try await store.read(prefix: "/k").records.first?.value))
    }

    /// Goal: a store that comes back empty is another store, and nothing is written to it in the belief that it is the old one.
    @Test func anEmptiedStoreIsAnotherOne() async throws {
        let cluster = try EtcdCluster(members: 1)
        try await cluster.start()
        let store = cluster.store(deadline: .seconds(3))
        let revision = try #require(try await store.put("/k", "old", expecting: 0))
        let before = try await store.read(prefix: "/k")
        cluster.signal(SIGKILL, to: 0)
        try FileManager.default.removeItem(atPath: cluster.members[0].data)
        try cluster.launch(0)
        try await cluster.waitUntilReady(0)
        for expected in [revision, 0] {
            let result = try await store.commit([CompareAndSwap(key: "/k", expected: expected, value: "new")])
            #expect(result.outcomes == [.conflict(current: nil)])
            #expect(result.storeID != before.storeID)
        }
        let watch = await #expect(throws: CoordinationError.self) {
            _ = try await collect(store.watch(prefix: "", after: before.revision)) { _ in false }
        }
        guard case .compacted = watch else {
            Issue.record("the watch of another store ended with \(String(describing: watch))")
            return
        }
        let after = try await store.read(prefix: "/k")
        #expect(after.storeID != before.storeID && after.records.isEmpty)
        // Its first 16 digits, the cluster's own id, are the same: they do not tell.
        #expect(after.storeID.prefix(16) == before.storeID.prefix(16))
    }

    /// Goal: a store whose data went back to an older state is not written to, and its older revision is shown.
    @Test func aStoreThatWentBackIsRefused() async throws {
        let cluster = try EtcdCluster(members: 1)
        try await cluster.start()
        let store = cluster.store(deadline: .seconds(2))
        let old = try #require(try await store.put("/k", "1", expecting: 0))
        cluster.signal(SIGTERM, to: 0)
        let copy = cluster.directory.path + "/copy"
        try FileManager.default.copyItem(atPath: cluster.members[0].data, toPath: copy)
        try cluster.launch(0)
        try await cluster.waitUntilReady(0)
        var revision = old
        for number in 2...9 { revision = try #require(try await store.put("/k", "\(number)", expecting: revision)) }
        cluster.signal(SIGKILL, to: 0)
        try FileManager.default.removeItem(atPath: cluster.members[0].data)
        try FileManager.default.moveItem(atPath: copy, toPath: cluster.members[0].data)
        try cluster.launch(0)
        try await cluster.waitUntilReady(0)
        let refused = await #expect(throws: CoordinationError.self) {
            _ = try await store.commit([CompareAndSwap(key: "/k", expected: revision, value: "x")])
        }
        guard case .unreachable(let reason) = refused else {
            Issue.record("\(String(describing: refused))")
            return
        }
        #expect(reason.contains("went back from revision \(revision)"))
        let seen = try await store.read(prefix: "/k")
        #expect(seen.revision < revision && seen.records.first?.value == "1")
    }

    /// Goal: one member that belongs to another cluster is left aside while the others answer.
    @Test func aStrangerAmongTheMembersIsLeftAside() async throws {
        let (own, stranger) = (try EtcdCluster(members: 1), try EtcdCluster(members: 1))
        try await own.start()
        try await stranger.start()
        let store = EtcdStore(
            endpoints: own.endpoints + stranger.endpoints, deadline: .seconds(3), logger: quietLogger)
        store.prefer(0)
        let known = try await store.read(prefix: "").storeID
        for _ in 0..<5 {
            store.prefer(1)
            #expect(try await store.read(prefix: "").storeID == known)
        }
        store.prefer(1)
        let revision = try #require(try await own.store().put("/k", "1", expecting: 0))
        #expect(try await store.put("/k", "2", expecting: revision) == revision + 1)
    }

    /// Goal: what etcd must not be given is refused in words, before it or by it.
    @Test func refusalsAreInWords() async throws {
        let cluster = try EtcdCluster(members: 1, arguments: ["--max-request-bytes", "10000"])
        try await cluster.start()
        let store = cluster.store(deadline: .seconds(5))
        await #expect(throws: CoordinationError.refused("'hagen-store-identity' is the store's own key")) {
            _ = try await store.put("hagen-store-identity", "x", expecting: 0)
        }
        await #expect(throws: CoordinationError.refused("etcdserver: request is too large")) {
            _ = try await store.put("/k", String(repeating: "v", count: 20_000), expecting: 0)
        }
        #expect(try await store.read(prefix: "/k").records.isEmpty)
    }

    /// Goal: versions with known faults are named, with the one to use; the others are not.
    @Test(arguments: [
        ("3.3.27", "older than 3.4"), ("3.4.7", "#11651"), ("3.4.20", "#14423"), ("3.4.23", "3.4.42"),
        ("3.5.0", "#13766"), ("3.5.2", "#13766"), ("3.5.4", "#14423"), ("3.5.16", "#18799"), ("3.6.0", "3.6.9"),
        ("3.4.45", nil), ("3.5.28", nil), ("3.6.9", nil), ("3.7.0-rc.1", nil), ("4.0.0", nil), ("nonsense", nil),
        ("", nil),
        ("3.4", nil),
    ]) func knownFaultsAreNamed(version: String, words: String?) {
        let warning = EtcdVersion.warning(about: version)
        if let words { #expect(warning?.contains(words) ?? false, "\(warning ?? "")") } else { #expect(warning == nil) }
    }
}

/// Lets those who write go on for a while.
private func traffic(for duration: Duration) async throws {
    let end = ContinuousClock.now + duration
    while ContinuousClock.now < end { try await Task.sleep(until: end) }
}

/// Counts under a key that nobody else writes, until the time is over; what an unanswered commit did is read.
private func countAlone(
    _ key: String, in store: EtcdStore, until end: ContinuousClock.Instant
) async throws -> Int {
    var count = 1
    var revision = try #require(try await store.put(key, "1", expecting: 0))
    // A commit without an answer may still be carried out, after any read.
    var isUnsettled = false
    while ContinuousClock.now < end {
        let next = "\(count + 1)"
        do {
            let result = try await store.commit([CompareAndSwap(key: key, expected: revision, value: next)])
            switch result.outcomes[0] {
            case .committed(let committed): (count, revision, isUnsettled) = (count + 1, committed, false)
            case .conflict(let current):
                if isUnsettled, let current, current.value == next {
                    (count, revision, isUnsettled) = (count + 1, current.revision, false)
                    continue
                }
                Issue.record("\(key): a conflict with \(String(describing: current)) at revision \(revision)")
                return count
            }
        } catch is CoordinationError {
            isUnsettled = true
        }
    }
    let record = try #require(try await store.read(prefix: key).records.first)
    let expected = StoreRecord(key: key, value: "\(count)", revision: revision)
    #expect(record.anonymous == expected || isUnsettled && record.value == "\(count + 1)", "\(key): \(record)")
    return count
}

private func countTogether(
    _ key: String, in store: EtcdStore, until end: ContinuousClock.Instant
) async throws -> (acknowledged: Int, unknown: Int) {
    var (acknowledged, unknown) = (0, 0)
    while ContinuousClock.now < end {
        guard let current = try? await store.read(prefix: key).records.first, let value = Int(current.value) else {
            continue
        }
        do {
            if try await store.put(key, "\(value + 1)", expecting: current.revision) != nil { acknowledged += 1 }
        } catch is CoordinationError {
            unknown += 1
        }
    }
    return (acknowledged, unknown)
}
