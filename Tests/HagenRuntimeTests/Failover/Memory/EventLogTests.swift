import Foundation
import Hagen
import Logging
import Synchronization
import Testing

@testable import HagenRuntime

/// Goal: what an agent decided is found again after a restart, in files that never grow beyond their bound.
@Suite(.timeLimit(.minutes(1))) struct EventLogTests {
    private func log(_ directory: TemporaryDirectory, bytes: Int = EventLog.maximumFileByteCount) -> EventLog {
        EventLog(
            host: "a", path: directory.path + "/events.jsonl", logger: Logger(label: "test"),
            maximumFileByteCount: bytes)
    }

    private func writing(_ log: EventLog, _ body: () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await log.run() }
            try await body()
            await log.flush(within: .seconds(20))
            group.cancelAll()
        }
    }

    @Test func eventsSurviveARestartAndNumbersGoOn() async throws {
        let directory = try TemporaryDirectory()
        let first = log(directory)
        try await writing(first) {
            first.add(.acquired, cluster: "shop", epoch: 3, words: "acquired the lease", evidence: "lease free")
            first.add(.storeLost, cluster: nil, words: "lost the store")
        }
        let second = log(directory)
        second.add(.storeReached, cluster: nil, words: "reached the store")
        let events = second.events(EventQuery())
        #expect(events.map(\.number) == [1, 2, 3])
        #expect(events.map(\.kind) == [.acquired, .storeLost, .storeReached])
        #expect(events[0].evidence == "lease free" && events[0].epoch == 3 && events[0].host == "a")
        #expect(second.events(EventQuery(cluster: "shop")).map(\.number) == [1])
        #expect(second.events(EventQuery(after: 2)).map(\.number) == [3])
        #expect(second.events(EventQuery(limit: 2)).map(\.number) == [2, 3])
    }

    @Test func theFilesStayWithinTheirBound() async throws {
        let directory = try TemporaryDirectory()
        let log = log(directory, bytes: 4096)
        try await writing(log) {
            for number in 0..<500 {
                log.add(.noted, cluster: "shop", epoch: UInt64(number), words: "this is event \(number)")
            }
        }
        for name in ["events.jsonl", "events.jsonl.1"] {
            let attributes = try FileManager.default.attributesOfItem(atPath: directory.path + "/" + name)
            let size = try #require(attributes[.size] as? Int)
            #expect(size > 0 && size <= 4096, "\(name) has \(size) bytes")
        }
        let kept = self.log(directory, bytes: 4096).events(EventQuery())
        #expect(kept.last?.words == "this is event 499")
        #expect(kept.count > 10 && kept.count < 60, "\(kept.count)")
    }

    /// A crash can cut the last line off; what is repeated at once is no news.
    @Test func aTornLineIsLeftOutAndRepetitionsAreOne() async throws {
        let directory = try TemporaryDirectory()
        let first = log(directory)
        try await writing(first) {
            for _ in 0..<5 { first.add(.held, cluster: "shop", words: "holds still") }
            first.add(.held, cluster: "other", words: "holds still")
        }
        let path = directory.path + "/events.jsonl"
        let whole = try String(contentsOfFile: path, encoding: .utf8)
        #expect(whole.split(separator: "\n").count == 2)
        try (whole + "{\"number\":9,\"ti").write(toFile: path, atomically: true, encoding: .utf8)
        #expect(log(directory).events(EventQuery()).count == 2)
    }

    /// What the disk did not take is in memory all the same, and the log says how many lines are missing once it takes them again.
    @Test func lostLinesAreCounted() async throws {
        let directory = try TemporaryDirectory()
        let folder = directory.path + "/later"
        let lines = Mutex<[String]>([])
        var logger = Logger(label: "test")
        logger.handler = LogfmtHandler(level: .warning, style: .time) { line in lines.withLock { $0.append(line) } }
        let log = EventLog(host: "a", path: folder + "/events.jsonl", logger: logger)
        try await writing(log) {
            for number in 0..<3 { log.add(.noted, cluster: "shop", words: "event \(number)") }
            await log.flush(within: .seconds(20))
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
            log.add(.noted, cluster: "shop", words: "event 3")
        }
        #expect(log.events(EventQuery()).count == 4)
        let told = lines.withLock { $0 }
        #expect(told.contains { $0.contains("3 of its events are not in") }, "\(told)")
    }
}
