import Foundation
import Hagen
import Testing

@testable import HagenDeploy

/// The lab's smaller promises: private folders, bounded logs, bounded restarts.
@Suite struct LabPartsTests {
    private let folder: TemporaryFolder
    init() throws { folder = try TemporaryFolder() }

    private var environment: [String: String] {
        ["XDG_RUNTIME_DIR": folder.path + "/run", "XDG_STATE_HOME": folder.path + "/state"]
    }

    @Test func foldersAreForThisUserAlone() throws {
        let folders = try LabFolders(name: "shop", environment: environment)
        try folders.create()
        for path in [folders.runtime, folders.state, folder.path + "/run/hagen"] {
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode == 0o700, "\(path)")
        }
        folders.remove(keepingState: false)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path + "/run").isEmpty)
    }

    @Test func aFolderThatOthersMayWriteToIsRefused() throws {
        let base = folder.path + "/run/hagen"
        try FileManager.default.createDirectory(atPath: base, withIntermediateDirectories: true)
        chmod(base, 0o777)
        let error = #expect(throws: DeployError.self) {
            try LabFolders(name: "shop", environment: environment).create()
        }
        #expect(error?.message == "'\(base)' is not a folder of yours that nobody else may write to")
    }

    @Test func withoutXDGTheFoldersAreShort() throws {
        let folders = try LabFolders(name: "shop", environment: ["HOME": "/users/me"])
        #expect(folders.runtime == "/tmp/hagen-\(getuid())/shop")
        #expect(folders.state == "/users/me/.local/state/hagen/shop")
    }

    @Test func aPathTooLongForASocketIsSaid() throws {
        let name = String(repeating: "n", count: 90)
        let folders = try LabFolders(name: name, environment: environment)
        let error = #expect(throws: DeployError.self) {
            try folders.create(for: LabEngine(host: "alpha", engine: .failover))
        }
        #expect(error?.message.contains("may have 107 bytes") == true)
    }

    @Test(arguments: ["", "a/b", "..", ".hidden"])
    func aNameThatIsNoFolder(name: String) {
        #expect(throws: DeployError.self) { try LabFolders(name: name, environment: environment) }
    }

    @Test func logsAreEmptiedBeforeTheyGrow() throws {
        let log = LabLog(path: folder.path + "/a.log")
        let descriptor = try log.openForAppending()
        defer { close(descriptor) }
        let line = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 20)
        for _ in 0..<9 { #expect(write(descriptor, line, line.count) == line.count) }
        log.bound()
        #expect(write(descriptor, "after\n", 6) == 6, "the writer goes on with its descriptor")
        #expect(folder.text(of: "a.log") == "after\n")
        #expect(folder.exists("a.log.1"))
    }

    @Test func theTailOfALog() throws {
        try folder.write((1...1000).map { "line \($0)\n" }.joined(), to: "a.log")
        #expect(LabLog(path: folder.path + "/a.log").tail(lines: 2) == ["line 999", "line 1000"])
        #expect(LabLog(path: folder.path + "/none.log").tail(lines: 2) == [])
    }

    @Test func startsAreBounded() {
        var limit = StartLimit()
        let start = ContinuousClock.now
        func mayStart(after delay: Duration) -> Bool { limit.allowsStart(at: start + delay) }
        let first = (0..<StartLimit.starts).map { mayStart(after: .seconds($0)) }
        let later = [.seconds(10), StartLimit.window, StartLimit.window].map { mayStart(after: $0) }
        #expect(first == Array(repeating: true, count: StartLimit.starts))
        #expect(later == [false, true, false], "by the end of the window the first start is forgotten")
    }
}
