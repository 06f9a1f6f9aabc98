import Foundation
import Hagen
import Synchronization
import Testing

@testable import HagenRuntime

/// Goal: a real coordinator keeps every acknowledged commit through `kill -9`, stops cleanly when told to, and refuses
/// what it must not run with.
@Suite(.serialized) struct CoordinatorProcessTests {
    @Test func everyAcknowledgedCommitSurvivesKill() async throws {
        let coordinator = try CoordinatorProcess()
        let acknowledged = Acknowledged()
        for round in 1...3 {
            try await coordinator.start()
            let client = EmbeddedStoreClient(endpoints: [coordinator.endpoint], deadline: .seconds(5))
            try await check(client, acknowledged)
            let before = acknowledged.commits.count
            try await withThrowingTaskGroup(of: Void.self) { group in
                for writer in 0..<8 { group.addTask { await write(client, "/\(round)/\(writer)/", acknowledged) } }
                try await within(.seconds(20)) {
                    while acknowledged.commits.count < before + 150 { try await Task.sleep(for: .milliseconds(2)) }
                }
                #expect(try await coordinator.end(SIGKILL) == SIGKILL)
                try await group.waitForAll()
            }
        }
        try await coordinator.start()
        let client = EmbeddedStoreClient(endpoints: [coordinator.endpoint])
        let count = acknowledged.commits.count
        #expect(count >= 450)
        try await check(client, acknowledged)
        print("kill -9 three times amid commits: all \(count) acknowledged commits are there")
        #expect(try await coordinator.end(SIGTERM) == 0)
    }

    /// Commits new keys until the store no longer answers.
    private func write(_ client: EmbeddedStoreClient, _ prefix: String, _ acknowledged: Acknowledged) async {
        var number = 0
        while true {
            let key = prefix + "\(number)"
            number += 1
            guard let revision = try? await client.put(key, "value of \(key)", expecting: 0) else { return }
            acknowledged.add(key, revision)
        }
    }

    private func check(_ client: EmbeddedStoreClient, _ acknowledged: Acknowledged) async throws {
        let snapshot = try await client.read(prefix: "")
        let records = Dictionary(uniqueKeysWithValues: snapshot.records.map { ($0.key, $0) })
        let commits = acknowledged.commits
        for (key, revision) in commits {
            #expect(records[key]?.anonymous == StoreRecord(key: key, value: "value of \(key)", revision: revision))
        }
        #expect(snapshot.revision >= commits.values.max() ?? 0)
        #expect(acknowledged.isSameStore(snapshot.storeID))
    }

    @Test func theRoundTripOfACommitIsFarBelowARenewal() async throws {
        let coordinator = try CoordinatorProcess()
        try await coordinator.start()
        let client = EmbeddedStoreClient(endpoints: [coordinator.endpoint], deadline: .seconds(5))
        var revision: Int64 = 0
        var alone: [Duration] = []
        let value = String(repeating: "v", count: 200)
        for _ in 0..<300 {
            let start = ContinuousClock.now
            revision = try #require(try await client.put("/lease", value, expecting: revision))
            alone.append(ContinuousClock.now - start)
        }
        let together = try await withThrowingTaskGroup(of: [Duration].self) { group in
            for writer in 0..<16 {
                group.addTask {
                    var times: [Duration] = []
                    var revision: Int64 = 0
                    for _ in 0..<50 {
                        let start = ContinuousClock.now
                        revision = try #require(try await client.put("/w\(writer)", value, expecting: revision))
                        times.append(ContinuousClock.now - start)
                    }
                    return times
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        print("commit round trip, one client: \(summary(alone)); 16 at once: \(summary(together))")
        // A renewal comes every 250 ms and must be acknowledged well within 500 ms.
        #expect(alone.sorted()[150] < .milliseconds(100))
        #expect(try await coordinator.end(SIGTERM) == 0)
    }

    private func summary(_ times: [Duration]) -> String {
        let sorted = times.sorted()
        func milliseconds(_ duration: Duration) -> String { String(format: "%.2f ms", duration.seconds * 1_000) }
        return "median \(milliseconds(sorted[sorted.count / 2])), p99 \(milliseconds(sorted[sorted.count * 99 / 100]))"
            + ", longest \(milliseconds(sorted[sorted.count - 1]))"
    }

    @Test func sigtermEndsItWithinTwoSecondsDespiteOpenWatches() async throws {
        let coordinator = try CoordinatorProcess()
        try await coordinator.start()
        let client = EmbeddedStoreClient(endpoints: [coordinator.endpoint], deadline: .seconds(5))
        _ = try await client.put("/a", "1", expecting: 0)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<5 {
                group.addTask {
                    let error = await #expect(throws: CoordinationError.self) {
                        for try await _ in client.watch(prefix: "", after: 0) {}
                    }
                    guard case .unreachable = error else {
                        Issue.record("the watch ended with \(String(describing: error))")
                        return
                    }
                }
            }
            try await within(.seconds(10)) {
                while try await watchers(coordinator) < 5 { try await Task.sleep(for: .milliseconds(5)) }
            }
            let start = ContinuousClock.now
            #expect(try await coordinator.end(SIGTERM) == 0)
            let took = ContinuousClock.now - start
            #expect(took < .seconds(2))
            print("SIGTERM with five open watches: ended after \(took)")
            try await group.waitForAll()
        }
        #expect(!FileManager.default.fileExists(atPath: coordinator.directory.path + "/runtime/control.sock"))
        let log = coordinator.log
        for message in ["store opened", "message=listening", "message=ready", "message=stopping", "message=stopped"] {
            #expect(log.contains(message), "\(message) is not in the log:\n\(log)")
        }
    }

    private func watchers(_ coordinator: CoordinatorProcess) async throws -> Int {
        let response = try await ControlClient.ask(.status, at: coordinator.directory.path + "/runtime/control.sock")
        guard case .status(let status) = response, case .coordinator(let detail) = status.detail else { return -1 }
        #expect(status.processID == coordinator.processID)
        #expect(detail.keys == 1)
        return detail.watchers
    }

    @Test func aStoppedStoreIsNoticedByItsWatcherAndABackOneIsFoundAtOnce() async throws {
        let coordinator = try CoordinatorProcess()
        try await coordinator.start()
        let client = EmbeddedStoreClient(endpoints: [coordinator.endpoint])
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                let error = await #expect(throws: CoordinationError.self) {
                    for try await _ in client.watch(prefix: "", after: 0) {}
                }
                guard case .unreachable = error else {
                    Issue.record("the watch ended with \(String(describing: error))")
                    return
                }
            }
            try await within(.seconds(10)) {
                while try await idleWatchers(coordinator) < 1 { try await Task.sleep(for: .milliseconds(5)) }
            }
            kill(coordinator.processID, SIGSTOP)
            let start = ContinuousClock.now
            await #expect(throws: CoordinationError.self) { _ = try await client.put("/a", "1", expecting: 0) }
            #expect(ContinuousClock.now - start < .seconds(2))
            try await group.waitForAll()
            #expect(ContinuousClock.now - start < .seconds(8))
        }
        kill(coordinator.processID, SIGCONT)
        try await within(.seconds(10)) {
            while (try? await client.read(prefix: "")) == nil { try await Task.sleep(for: .milliseconds(5)) }
        }
        #expect(try await coordinator.end(SIGTERM) == 0)
    }

    private func idleWatchers(_ coordinator: CoordinatorProcess) async throws -> Int {
        let response = try await ControlClient.ask(.status, at: coordinator.directory.path + "/runtime/control.sock")
        guard case .status(let status) = response, case .coordinator(let detail) = status.detail else { return -1 }
        return detail.watchers
    }

    @Test func systemdIsToldOfReadinessLifeAndTheStop() async throws {
        let coordinator = try CoordinatorProcess()
        let receiver = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        defer { close(receiver) }
        let path = coordinator.directory.path + "/notify"
        let address = try #require(UnixSocketAddress(path: path))
        let failed = address.withPointer { bind(receiver, $0, $1) }
        try #require(failed == 0)
        try await coordinator.start(["NOTIFY_SOCKET": path, "WATCHDOG_USEC": "100000"])
        let told = Told(receiver)
        try await within(.seconds(10)) {
            while told.count("WATCHDOG=1") < 5 || told.count("READY=1\nSTATUS=running") < 1 {
                try await Task.sleep(for: .milliseconds(5))
            }
        }
        #expect(told.count("STOPPING=1\nSTATUS=stopping") == 0)
        #expect(try await coordinator.end(SIGTERM) == 0)
        #expect(told.count("READY=1\nSTATUS=running") == 1)
        #expect(told.count("STOPPING=1\nSTATUS=stopping") == 1)
    }

    @Test func whatItMustNotRunWithIsRefusedWithItsExitCode() async throws {
        let coordinator = try CoordinatorProcess()
        let configuration = coordinator.directory.path + "/coordinator.json"
        let fine = try await coordinator.run(["--configuration", configuration, "--check"])
        #expect(fine.code == 0)
        let open = try coordinator.directory.file(
            "open.json", #"{"schemaVersion": 1, "topology": "t", "host": "h", "listen": "10.0.0.1:2379"}"#)
        let refused = try await coordinator.run(["--configuration", open, "--check"])
        #expect(refused.code == 78)
        #expect(refused.error.contains("loopback addresses only"), "\(refused.error)")
        #expect(try await coordinator.run(["--configuration", "/nowhere"]).code == 78)
        #expect(try await coordinator.run([]).code == 64)
        try await coordinator.start()
        let second = try await coordinator.run(["--configuration", configuration])
        #expect(second.code == 1)
        #expect(second.error.contains("another engine runs"), "\(second.error)")
        #expect(try await coordinator.end(SIGTERM) == 0)
    }
}

/// What the store has promised to keep.
private final class Acknowledged: Sendable {
    private let revisions = Mutex<[String: Int64]>([:])
    private let storeID = Mutex<String?>(nil)

    /// The revision of each committed key.
    var commits: [String: Int64] { revisions.withLock { $0 } }

    func add(_ key: String, _ revision: Int64) { revisions.withLock { $0[key] = revision } }

    /// Whether the store is the one that was seen first.
    func isSameStore(_ seen: String) -> Bool {
        storeID.withLock { known in
            known = known ?? seen
            return known == seen
        }
    }
}

/// What arrived at a datagram socket.
private final class Told: Sendable {
    private let descriptor: Int32
    private let messages = Mutex<[String]>([])

    init(_ descriptor: Int32) { self.descriptor = descriptor }

    func count(_ message: String) -> Int {
        messages.withLock { messages in
            var buffer = [UInt8](repeating: 0, count: 4_096)
            while true {
                let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
                guard count >= 0 else { return messages.count { $0 == message } }
                messages.append(String(decoding: buffer[..<count], as: UTF8.self))
            }
        }
    }
}
