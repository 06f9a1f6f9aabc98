import Foundation
import Hagen
import Logging
import Synchronization
import Testing

@testable import HagenRuntime

/// Goal: what an engine takes from its environment is checked before it is used, and what is wrong is said in words.
@Suite struct EngineEnvironmentTests {
    @Test func theFirstOfSeveralFoldersIsTheEnginesOwn() throws {
        let directory = try TemporaryDirectory()
        let (first, second) = (try directory.folder("a"), try directory.folder("b"))
        let found = try EngineDirectories(environment: [
            "RUNTIME_DIRECTORY": "\(first):\(second)", "STATE_DIRECTORY": second + "/",
            "CREDENTIALS_DIRECTORY": first,
        ])
        #expect(found.runtime == first)
        #expect(found.state == second)
        #expect(found.credentials == first)
    }

    @Test func wrongFoldersAreRefusedInWords() throws {
        let directory = try TemporaryDirectory()
        let good = try directory.folder("good")
        let open = try directory.folder("open")
        chmod(open, 0o777)
        let file = try directory.file("file", "")
        for (runtime, state, expected) in [
            (nil, good, "RUNTIME_DIRECTORY is not set"), (good, nil, "STATE_DIRECTORY is not set"),
            (good, "relative", "STATE_DIRECTORY names 'relative', which is not an absolute path"),
            (good + "/none", good, "which cannot be used: No such file"), (file, good, "which is not a folder"),
            (open, good, "where anyone may write"),
        ] as [(String?, String?, String)] {
            var environment: [String: String] = [:]
            environment["RUNTIME_DIRECTORY"] = runtime
            environment["STATE_DIRECTORY"] = state
            let failure = #expect(throws: EngineFailure.self) { try EngineDirectories(environment: environment) }
            #expect(failure?.description.contains(expected) == true, "\(failure?.description ?? "")")
            #expect(failure?.kind == .configuration)
        }
    }

    @Test func aSecondEngineIsKeptOutUntilTheFirstLetsGo() throws {
        let directory = try TemporaryDirectory()
        let first = try EngineLock(in: directory.path)
        let failure = #expect(throws: EngineFailure.self) { _ = try EngineLock(in: directory.path) }
        #expect(failure?.description.contains("another engine runs") == true)
        first.release()
        try EngineLock(in: directory.path).release()
    }

    @Test func anUnknownLogLevelIsRefused() {
        let configuration = CoordinatorConfiguration(
            topology: "t", host: "h", listen: SocketAddress("127.0.0.1:1")!)
        let failure = #expect(throws: EngineFailure.self) {
            try EngineLog.logger(for: configuration, environment: ["HAGEN_LOG_LEVEL": "loud"])
        }
        #expect(failure?.description.contains("one of trace, debug, info") == true)
    }

    @Test func recordsAreOneLineOfSortedPairs() throws {
        let lines = Mutex<[String]>([])
        var logger = Logger(label: "test") { _ in
            LogfmtHandler(level: .info, style: .journal) { line in lines.withLock { $0.append(line) } }
        }
        logger[metadataKey: "host"] = "a1"
        logger.warning("lost \"it\"\n", metadata: ["b": "", "a": "1=2", "plain": "127.0.0.1:80"])
        logger.debug("not at this level")
        #expect(
            lines.withLock { $0 } == [
                #"<4>level=warning message="lost \"it\"\n" a="1=2" b="" host=a1 plain=127.0.0.1:80"#
            ])
        logger.error("\(String(repeating: "ü", count: 5000))")
        let long = try #require(lines.withLock { $0.last })
        #expect(long.utf8.count <= LogfmtHandler.maximumByteCount + 3)
        #expect(long.hasSuffix("ü…"))
    }

    @Test func systemdIsToldOverAPathAndAnAbstractName() throws {
        let directory = try TemporaryDirectory()
        for name in [directory.path + "/notify", "@hagen-test-\(directory.path)"] {
            let receiver = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
            defer { close(receiver) }
            let address = try #require(UnixSocketAddress(notificationPath: name))
            let failed = address.withPointer { bind(receiver, $0, $1) }
            try #require(failed == 0)
            let manager = ServiceManager(environment: ["NOTIFY_SOCKET": name], logger: Logger(label: "test"))
            manager.notify("READY=1")
            var buffer = [UInt8](repeating: 0, count: 64)
            let count = recv(receiver, &buffer, buffer.count, Int32(MSG_DONTWAIT))
            #expect(String(decoding: buffer.prefix(max(count, 0)), as: UTF8.self) == "READY=1")
        }
    }

    @Test func theWatchdogOfAnotherProcessIsNotFed() {
        func interval(_ environment: [String: String]) -> Duration? {
            ServiceManager(environment: environment, processID: 5, logger: Logger(label: "test")).watchdogInterval
        }
        #expect(interval(["WATCHDOG_USEC": "3000000"]) == .milliseconds(1500))
        #expect(interval(["WATCHDOG_USEC": "3000000", "WATCHDOG_PID": "5"]) == .milliseconds(1500))
        #expect(interval(["WATCHDOG_USEC": "3000000", "WATCHDOG_PID": "6"]) == nil)
        #expect(interval(["WATCHDOG_USEC": "soon"]) == nil)
        #expect(interval([:]) == nil)
    }
}
