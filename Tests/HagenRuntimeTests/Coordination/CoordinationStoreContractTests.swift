import HagenRuntime
import Synchronization
import Testing

/// Goal: every store behaves alike in what the failover engine relies on: compare-and-swap, one revision, and watches
/// without gaps or repetitions.
@Suite(.serialized) struct CoordinationStoreContractTests {
    @Test(arguments: StoreUnderTest.installed)
    func absenceAndRevisionsAreCompared(kind: StoreUnderTest) async throws {
        try await kind.use { store in
            let start = try await store.start()
            #expect(try await store.put("/a", "1", expecting: start + 7) == nil)
            #expect(try await store.put("/a", "1", expecting: 0) == start + 1)
            #expect(try await store.put("/a", "2", expecting: 0) == nil)
            #expect(try await store.put("/a", "2", expecting: start + 1) == start + 2)
            #expect(try await store.put("/a", "3", expecting: start + 1) == nil)
            let snapshot = try await store.read(prefix: "/")
            #expect(snapshot.records.map(\.anonymous) == [StoreRecord(key: "/a", value: "2", revision: start + 2)])
            #expect(snapshot.revision == start + 2)
        }
    }

    @Test(arguments: StoreUnderTest.available) func storesAreToldApart(kind: StoreUnderTest) async throws {
        try await kind.use { store in
            let id = try await store.read(prefix: "/").storeID
            #expect(id.count == 32)
            _ = try await store.put("/a", "1", expecting: 0)
            #expect(try await store.read(prefix: "/").storeID == id)
        }
    }

    @Test(arguments: StoreUnderTest.installed)
    func aConflictGivesTheRecordAsItIs(kind: StoreUnderTest) async throws {
        try await kind.use { store in
            let start = try await store.start()
            let absent = try await store.commit([CompareAndSwap(key: "/a", expected: start + 3, value: "x")])
            #expect(absent.outcomes == [.conflict(current: nil)])
            #expect(absent.revision == start)
            _ = try await store.put("/a", "mine", expecting: 0)
            let present = try await store.commit([CompareAndSwap(key: "/a", expected: 0, value: "x")])
            #expect(
                present.outcomes.map(\.anonymous)
                    == [.conflict(current: StoreRecord(key: "/a", value: "mine", revision: start + 1))])
            #expect(present.revision == start + 1)
        }
    }

    /// A store that was put back from a backup gives revisions twice: then the commits tell the records apart.
    @Test(arguments: StoreUnderTest.available)
    func aRecordSaysWhichCommitWroteItAndASwapMayExpectThat(kind: StoreUnderTest) async throws {
        try await kind.use { store in
            let start = try await store.start()
            let first = try await store.commit([
                CompareAndSwap(key: "/a", expected: 0, value: "1"), CompareAndSwap(key: "/b", expected: 0, value: "2"),
            ])
            let id = try #require(first.commitID)
            let snapshot = try await store.read(prefix: "/")
            #expect(snapshot.records.map(\.commitID) == [id, id])
            let seen = try await collect(store.watch(prefix: "/", after: start)) { $0.count == 2 }
            #expect(seen.map(\.commitID) == [id, id])

            // All of the right revision, and of a commit that sorts before, behind and next to the right one.
            let neighbour = String(id.dropLast()) + (id.last == "f" ? "e" : "f")
            for other in ["0000000000000000", "ffffffffffffffff", neighbour] {
                let swap = CompareAndSwap(key: "/a", expected: start + 1, commitID: other, value: "wrong")
                let result = try await store.commit([swap])
                #expect(result.outcomes == [.conflict(current: snapshot.records[0])])
            }
            let swap = CompareAndSwap(key: "/a", expected: start + 1, commitID: id, value: "3")
            let second = try await store.commit([swap])
            #expect(second.outcomes == [.committed(revision: start + 2)])
            #expect(second.commitID != id)
            #expect(try await store.read(prefix: "/").records.map(\.commitID) == [second.commitID, id])
        }
    }

    /// As above, of a single record: only the commit that wrote it tells it from another one of the same revision.
    @Test(arguments: StoreUnderTest.installed) func aSwapMayExpectACommit(kind: StoreUnderTest) async throws {
        try await kind.use { store in
            let first = try await store.commit([CompareAndSwap(key: "/a", expected: 0, value: "1")])
            let record = try #require(try await store.read(prefix: "/a").records.first)
            #expect(record.commitID == first.commitID)
            let wrong = CompareAndSwap(
                key: "/a", expected: record.revision, commitID: "00000000000000ff", value: "wrong")
            #expect(try await store.commit([wrong]).outcomes == [.conflict(current: record)])
            let right = CompareAndSwap(key: "/a", expected: record.revision, commitID: first.commitID, value: "2")
            #expect(try await store.commit([right]).outcomes == [.committed(revision: record.revision + 1)])
        }
    }

    /// Goal: whoever watches after the revision that was read sees every change once, in order, with its commit, and a swap
    /// that conflicted changes nothing for it.
    @Test(arguments: StoreUnderTest.installed) func aWatchTellsEachChangeOnce(kind: StoreUnderTest) async throws {
        try await kind.use { store in
            let start = try await store.start()
            var commits: [String] = []
            var revision: Int64 = 0
            for number in 1...20 {
                let result = try await store.commit([CompareAndSwap(key: "/a", expected: revision, value: "\(number)")])
                #expect(result.outcomes == [.committed(revision: start + Int64(number))])
                commits.append(try #require(result.commitID))
                #expect(try await store.put("/a", "wrong", expecting: revision) == nil)
                revision = start + Int64(number)
            }
            for seen in [0, 7, 19] {
                let missing = 20 - seen
                let changes = try await collect(store.watch(prefix: "/a", after: start + Int64(seen))) {
                    $0.count == missing
                }
                #expect(changes.map(\.value) == ((seen + 1)...20).map { "\($0)" })
                #expect(changes.map(\.revision) == ((seen + 1)...20).map { start + Int64($0) })
                #expect(changes.map(\.commitID) == Array(commits[seen...]))
            }
        }
    }

    @Test(arguments: StoreUnderTest.available)
    func swapsAreJudgedOneByOneUnderOneRevision(kind: StoreUnderTest) async throws {
        try await kind.use { store in
            let start = try await store.start()
            _ = try await store.put("/b", "old", expecting: 0)
            let result = try await store.commit([
                CompareAndSwap(key: "/a", expected: 0, value: "1"), CompareAndSwap(key: "/b", expected: 0, value: "2"),
                CompareAndSwap(key: "/c", expected: 0, value: "3"),
            ])
            let current = StoreRecord(key: "/b", value: "old", revision: start + 1)
            let committed = CommitResult.Outcome.committed(revision: start + 2)
            #expect(result.outcomes.map(\.anonymous) == [committed, .conflict(current: current), committed])
            #expect(try await store.read(prefix: "").revision == start + 2)
            #expect(try await store.commit([]).revision == start + 2)
        }
    }

    @Test(arguments: StoreUnderTest.available)
    func aRemovedKeyIsAbsentAndTheRevisionStillGrows(kind: StoreUnderTest) async throws {
        try await kind.use { store in
            let start = try await store.start()
            _ = try await store.put("/a", "1", expecting: 0)
            #expect(try await store.put("/a", nil, expecting: 0) == nil)
            #expect(try await store.put("/a", nil, expecting: start + 1) == start + 2)
            #expect(try await store.read(prefix: "").records.isEmpty)
            // To remove an absent key holds and changes nothing.
            #expect(try await store.put("/a", nil, expecting: 0) == start + 2)
            #expect(try await store.read(prefix: "").revision == start + 2)
            #expect(try await store.put("/a", "again", expecting: 0) == start + 3)
        }
    }

    @Test(arguments: StoreUnderTest.available)
    func aPrefixIsReadSortedAndAloneWhateverItsCharacters(kind: StoreUnderTest) async throws {
        try await kind.use { store in
            let keys = ["/t/b", "/t/a b&c=d%/+?#", "/t/ü", "/t2/x", "/T/a", "/t/\n\"", "/t"]
            for key in keys { _ = try await store.put(key, "value of \(key) \u{1F600}", expecting: 0) }
            let records = try await store.read(prefix: "/t/").records
            #expect(records.map(\.key) == keys.filter { $0.hasPrefix("/t/") }.sorted())
            #expect(records.allSatisfy { $0.value == "value of \($0.key) \u{1F600}" })
            #expect(try await store.read(prefix: "/t/a b&").records.count == 1)
            #expect(try await store.read(prefix: "").records.count == keys.count)
            #expect(try await store.read(prefix: "/nothing").records.isEmpty)
        }
    }

    @Test(arguments: StoreUnderTest.available)
    func aWatchThatStartsAmidCommitsHasNoGapAndNoRepetition(kind: StoreUnderTest) async throws {
        try await kind.use { store in
            let total = 300
            let start = try await store.start()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    var revision: Int64 = 0
                    for number in 1...total {
                        revision = try #require(try await store.put("/k/a", "\(number)", expecting: revision))
                    }
                }
                for seenBefore in [0, 5, 50, 150] {
                    group.addTask {
                        // Each begins where a reader of that moment would.
                        _ = try await collect(store.watch(prefix: "/k/", after: start)) { $0.count >= seenBefore }
                        let snapshot = try await store.read(prefix: "/k/")
                        let missing = total - Int(snapshot.revision - start)
                        let seen = try await collect(store.watch(prefix: "/k/", after: snapshot.revision)) {
                            $0.count >= missing
                        }
                        #expect(seen.map(\.revision) == Array((snapshot.revision + 1)..<(start + Int64(total) + 1)))
                        #expect(seen.map(\.value) == seen.map { "\($0.revision - start)" })
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test(arguments: StoreUnderTest.available)
    func aWatchShowsItsPrefixAloneAndRemovals(kind: StoreUnderTest) async throws {
        try await kind.use { store in
            let start = try await store.start()
            _ = try await store.commit([
                CompareAndSwap(key: "/a/1", expected: 0, value: "x"),
                CompareAndSwap(key: "/b/1", expected: 0, value: "y"),
            ])
            _ = try await store.put("/a/1", nil, expecting: start + 1)
            let seen = try await collect(store.watch(prefix: "/a/", after: start)) { $0.count == 2 }
            #expect(
                seen.map(\.anonymous) == [
                    StoreChange(key: "/a/1", value: "x", revision: start + 1),
                    StoreChange(key: "/a/1", value: nil, revision: start + 2),
                ])
        }
    }

    @Test(arguments: StoreUnderTest.bounded)
    func aForgottenRevisionAsksForANewRead(kind: StoreUnderTest) async throws {
        try await kind.use { store in
            var revisions = Array(repeating: Int64(0), count: StoreLimits.swapsPerCommit)
            let commits = StoreLimits.rememberedChanges / StoreLimits.swapsPerCommit + 2
            for _ in 0..<commits {
                let result = try await store.commit(
                    revisions.enumerated().map { CompareAndSwap(key: "/\($0)", expected: $1, value: "x") })
                revisions = result.outcomes.map { if case .committed(let revision) = $0 { revision } else { -1 } }
            }
            #expect(revisions.allSatisfy { $0 == Int64(commits) })
            let old = await #expect(throws: CoordinationError.self) {
                _ = try await collect(store.watch(prefix: "", after: 0)) { _ in false }
            }
            guard case .compacted(let oldest) = old else {
                Issue.record("not compacted: \(String(describing: old))")
                return
            }
            #expect((2...10).contains(oldest))
            let remembered = commits - Int(oldest) + 1
            let seen = try await collect(store.watch(prefix: "/7", after: oldest - 1)) {
                $0.count >= remembered && $0.last?.revision == Int64(commits)
            }
            #expect(Set(seen.map(\.revision)) == Set(oldest...Int64(commits)))
        }
    }

    @Test(arguments: StoreUnderTest.available)
    func aRevisionOfTheFutureAsksForANewRead(kind: StoreUnderTest) async throws {
        try await kind.use { store in
            let start = try await store.start()
            await #expect(throws: CoordinationError.compacted(oldest: start + 1)) {
                _ = try await collect(store.watch(prefix: "", after: start + 1_000_000)) { _ in false }
            }
        }
    }

    @Test(arguments: StoreUnderTest.available)
    func limitsAreRefusedInWordsAndChangeNothing(kind: StoreUnderTest) async throws {
        try await kind.use { store in
            let start = try await store.start()
            let fine = CompareAndSwap(key: "/fine", expected: 0, value: "x")
            let wrong: [[CompareAndSwap]] = [
                [fine, CompareAndSwap(key: "", expected: 0, value: "x")],
                [fine, CompareAndSwap(key: String(repeating: "k", count: 513), expected: 0, value: "x")],
                [fine, CompareAndSwap(key: "/a", expected: 0, value: String(repeating: "v", count: 65_537))],
                [fine, CompareAndSwap(key: "/a", expected: -1, value: "x")],
                [fine, fine],
                (0..<129).map { CompareAndSwap(key: "/\($0)", expected: 0, value: "x") },
            ]
            for swaps in wrong {
                let error = await #expect(throws: CoordinationError.self) { _ = try await store.commit(swaps) }
                guard case .refused = error else {
                    Issue.record("not refused: \(String(describing: error))")
                    continue
                }
            }
            let long = await #expect(throws: CoordinationError.self) {
                _ = try await store.read(prefix: String(repeating: "p", count: 513))
            }
            #expect(long == .refused("a prefix has at most 512 bytes, not 513"))
            #expect(try await store.read(prefix: "").revision == start)
            let atTheLimits = CompareAndSwap(
                key: String(repeating: "k", count: 512), expected: 0, value: String(repeating: "\u{1}", count: 65_536))
            let result = try await store.commit([atTheLimits])
            #expect(result.outcomes == [.committed(revision: start + 1)])
            #expect(try await store.read(prefix: "k").records.first?.value == atTheLimits.value)
        }
    }

    @Test(arguments: StoreUnderTest.installed)
    func concurrentIncrementsLoseNone(kind: StoreUnderTest) async throws {
        try await kind.use { store in
            let start = try await store.start()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<20 {
                    group.addTask { for _ in 0..<10 { try await increment("/counter", in: store) } }
                }
                try await group.waitForAll()
            }
            let record = try #require(try await store.read(prefix: "/counter").records.first)
            #expect(record.value == "200")
            #expect(record.revision == start + 200)
        }
    }

    @Test(arguments: StoreUnderTest.available)
    func aCancelledConsumerStopsItsWatch(kind: StoreUnderTest) async throws {
        try await kind.use { store in
            let start = try await store.start()
            let started = ContinuousClock.now
            await #expect(throws: TooLate.self) {
                _ = try await collect(store.watch(prefix: "", after: start), deadline: .milliseconds(100)) { _ in false
                }
            }
            #expect(ContinuousClock.now - started < .seconds(10))
        }
    }
}

private func increment(_ key: String, in store: any CoordinationStore) async throws {
    var current = try await store.read(prefix: key).records.first
    while true {
        let next = (current.flatMap { Int($0.value) } ?? 0) + 1
        let result = try await store.commit([
            CompareAndSwap(key: key, expected: current?.revision ?? 0, value: "\(next)")
        ])
        guard case .conflict(let winner) = result.outcomes[0] else { return }
        current = winner
    }
}
