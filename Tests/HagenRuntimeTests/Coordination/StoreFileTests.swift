import Foundation
import Hagen
import Synchronization
import Testing

@testable import HagenRuntime

/// Goal: the store's file keeps what was committed and which store it is; what is not a sound store is refused in words,
/// never replaced by an empty one.
@Suite(.serialized) struct StoreFileTests {
    @Test func aReopenedStoreIsTheSameStore() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/store.sqlite"
        let before = try await filled(path)
        let store = try DurableStore(at: path, logger: quietLogger)
        let after = try await store.read(prefix: "")
        #expect(after == before)
        #expect(after.revision == 41)
        // The changes of before are not remembered, and the store says so.
        await #expect(throws: CoordinationError.compacted(oldest: 42)) {
            _ = try await collect(store.watch(prefix: "", after: 40)) { _ in false }
        }
        try await running({ try await store.run() }) {
            let revision = try await store.put("/new", "x", expecting: 0)
            #expect(revision == 42)
        }
    }

    @Test func everyCommitIsSynced() async throws {
        let directory = try TemporaryDirectory()
        let store = try DurableStore(at: directory.path + "/store.sqlite", logger: quietLogger)
        #expect(try store.file.isDurable())
    }

    @Test func aStoreThatCannotWriteEndsItselfAndAcknowledgesNothing() async throws {
        let directory = try TemporaryDirectory()
        let store = try DurableStore(at: directory.path + "/store.sqlite", logger: quietLogger)
        // Stands for a disk that fails: the file no longer takes a write.
        try store.file.close()
        let outcomes = await withTaskGroup(of: (any Error)?.self) { group in
            group.addTask { await thrown { try await store.run() } }
            group.addTask { await thrown { _ = try await store.put("/a", "1", expecting: 0) } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        let failure = outcomes.lazy.compactMap { $0 as? EngineFailure }.first
        guard case .unreachable = outcomes.lazy.compactMap({ $0 as? CoordinationError }).first else {
            Issue.record("the commit was not refused: \(outcomes)")
            return
        }
        #expect(failure?.description.contains("could not be written") == true)
        #expect(try await store.read(prefix: "").records.isEmpty)
    }

    @Test func twoStoresDiffer() async throws {
        let directory = try TemporaryDirectory()
        let first = try DurableStore(at: directory.path + "/a", logger: quietLogger)
        let second = try DurableStore(at: directory.path + "/b", logger: quietLogger)
        #expect(try await first.read(prefix: "").storeID != second.read(prefix: "").storeID)
    }

    /// What a swap was bound to before the file was put back from a copy is not what stands there afterwards.
    @Test func aRecordOfARevisionThatWasGivenTwiceIsTwoRecords() async throws {
        let directory = try TemporaryDirectory()
        let (path, copy) = (directory.path + "/store.sqlite", directory.path + "/copy.sqlite")
        func use(_ path: String, _ body: @escaping @Sendable (DurableStore) async throws -> CommitResult) async throws
            -> CommitResult
        {
            let store = try DurableStore(at: path, logger: quietLogger)
            let result = Mutex<CommitResult?>(nil)
            try await running({ try await store.run() }) {
                let answer = try await body(store)
                result.withLock { $0 = answer }
            }
            return try #require(result.withLock { $0 })
        }
        let first = try await use(path) { try await $0.commit([CompareAndSwap(key: "/k", expected: 0, value: "1")]) }
        try FileManager.default.copyItem(atPath: path, toPath: copy)
        let lost = try await use(path) {
            try await $0.commit([CompareAndSwap(key: "/k", expected: 1, commitID: first.commitID, value: "2")])
        }
        let again = try await use(copy) {
            try await $0.commit([CompareAndSwap(key: "/k", expected: 1, commitID: first.commitID, value: "3")])
        }
        #expect(again.outcomes == lost.outcomes)
        let late = try await use(copy) {
            try await $0.commit([CompareAndSwap(key: "/k", expected: 2, commitID: lost.commitID, value: "4")])
        }
        let stands = StoreRecord(key: "/k", value: "3", revision: 2, commitID: again.commitID)
        #expect(late.outcomes == [.conflict(current: stands)])
    }

    @Test func aFileOfTheFirstSchemaIsTakenOver() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/store.sqlite"
        let snapshot = try await filled(path)
        let downgrade = Process()
        downgrade.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
        let program = """
            import sqlite3, sys
            file = sqlite3.connect(sys.argv[1])
            file.executescript("ALTER TABLE records DROP COLUMN commitID; PRAGMA user_version = 1")
            file.close()
            """
        downgrade.arguments = ["-c", program, path]
        try downgrade.run()
        downgrade.waitUntilExit()
        try #require(downgrade.terminationStatus == 0)
        for _ in 0..<2 {
            let store = try DurableStore(at: path, logger: quietLogger)
            try await running({ try await store.run() }) {
                let records = try await store.read(prefix: "").records
                #expect(records == snapshot.records.map(\.anonymous))
            }
        }
    }

    @Test func aStoreThatIsOpenElsewhereIsRefused() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/store.sqlite"
        let first = try DurableStore(at: path, logger: quietLogger)
        let failure = #expect(throws: EngineFailure.self) { try DurableStore(at: path, logger: quietLogger) }
        #expect(failure?.description.contains("open in another process") == true, "\(failure?.description ?? "")")
        withExtendedLifetime(first) {}
    }

    @Test func aDamagedFileIsRefused() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/store.sqlite"
        _ = try await filled(path)
        let sound = try Data(contentsOf: URL(fileURLWithPath: path))
        #expect(sound.count > 8_192)
        var scrambledHeader = sound
        scrambledHeader.replaceSubrange(0..<64, with: Data(repeating: 0x5A, count: 64))
        var scrambledPages = sound
        scrambledPages.replaceSubrange(4_096..<sound.count, with: Data(repeating: 0x5A, count: sound.count - 4_096))
        for damaged in [scrambledHeader, scrambledPages, sound.prefix(6_000), Data("not a database".utf8)] {
            try damaged.write(to: URL(fileURLWithPath: path))
            let failure = #expect(throws: EngineFailure.self) { try DurableStore(at: path, logger: quietLogger) }
            #expect(failure?.description.contains("damaged") == true, "\(failure?.description ?? "")")
            #expect(failure?.description.contains(path) == true)
        }
    }

    @Test func aFileOfANewerSchemaOrOfSomethingElseIsRefused() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/store.sqlite"
        _ = try await filled(path)
        var file = try Data(contentsOf: URL(fileURLWithPath: path))
        // The header of an SQLite file has the schema's version in bytes 60 to 63, the application's id in 68 to 71.
        file[63] = 9
        try file.write(to: URL(fileURLWithPath: path))
        let newer = #expect(throws: EngineFailure.self) { try DurableStore(at: path, logger: quietLogger) }
        #expect(newer?.description.contains("schema version 9, but this hagend reads version 2") == true)
        file[63] = 2
        file[71] ^= 0xFF
        try file.write(to: URL(fileURLWithPath: path))
        let foreign = #expect(throws: EngineFailure.self) { try DurableStore(at: path, logger: quietLogger) }
        #expect(foreign?.description.contains("something else") == true)
    }

    @Test func aStoreThatDoesNotRunYetOrAnyMoreTellsTheCommitter() async throws {
        let directory = try TemporaryDirectory()
        let store = try DurableStore(at: directory.path + "/store.sqlite", logger: quietLogger)
        try await running({ try await store.run() }) { _ = try await store.put("/a", "1", expecting: 0) }
        await #expect(throws: CoordinationError.unreachable("the store is stopping")) {
            _ = try await store.put("/a", "2", expecting: 1)
        }
    }

    /// Makes a store of 40 records and a removal, closes it, and returns what it held.
    private func filled(_ path: String) async throws -> StoreSnapshot {
        let store = try DurableStore(at: path, logger: quietLogger)
        try await running({ try await store.run() }) {
            for number in 1...40 {
                _ = try await store.put("/\(number)", String(repeating: "v", count: 400), expecting: 0)
            }
            _ = try await store.put("/1", nil, expecting: 1)
        }
        return try await store.read(prefix: "")
    }
}

private func thrown(_ body: () async throws -> Void) async -> (any Error)? {
    do {
        try await body()
        return nil
    } catch {
        return error
    }
}
