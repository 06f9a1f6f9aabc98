import Foundation
import Hagen
import HagenEngine
import Synchronization
import Testing

@testable import HagenRuntime

/// Goal: the device is fed while every supervisor can be trusted, and no longer; a FIFO stands in for the device.
@Suite(.serialized, .timeLimit(.minutes(2))) struct WatchdogKeeperTests {
    private let directory: TemporaryDirectory
    private let keeper: Process
    private let device: FileHandle
    private var socket: String { directory.path + "/keeper.sock" }

    init() async throws {
        directory = try TemporaryDirectory()
        let path = directory.path + "/device"
        try #require(mkfifo(path, 0o600) == 0)
        // Both directions: the keeper may open it whenever it likes.
        device = try #require(FileHandle(forUpdatingAtPath: path))
        _ = fcntl(device.fileDescriptor, F_SETFL, O_NONBLOCK)
        keeper = Process()
        keeper.executableURL = URL(fileURLWithPath: SupervisorProcess.daemon)
        keeper.arguments = ["watchdog", path, "--socket", directory.path + "/keeper.sock"]
        keeper.standardError = FileHandle.nullDevice
        try keeper.run()
    }

    /// What was written to the device since the last look.
    private func written() -> String {
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = read(device.fileDescriptor, &bytes, bytes.count)
        return count > 0 ? String(decoding: bytes.prefix(count), as: UTF8.self) : ""
    }

    private func fed() async throws {
        _ = written()
        try await within(.seconds(10)) {
            while !written().contains(".") { try await Task.sleep(for: .milliseconds(5)) }
        }
    }

    /// The keeper feeds ten times a second.
    private func starved() async throws -> Bool {
        _ = written()
        let end = ContinuousClock.now + .milliseconds(900)
        while .now < end { try await Task.sleep(for: .milliseconds(20)) }
        return written().isEmpty
    }

    private func start(margin: Duration) -> WorkloadStart {
        var start = WorkloadStart(
            run: 1, role: .active, permit: nil, workload: .none, environment: [:], stopTimeoutInNanoseconds: 0,
            roleFile: nil)
        start.watchdog = socket
        start.watchdogMarginInNanoseconds = margin.nanoseconds
        return start
    }

    private func keeperEnds() async throws {
        try await within(.seconds(5)) {
            while keeper.isRunning { try await Task.sleep(for: .milliseconds(5)) }
        }
    }

    private func end() { if keeper.isRunning { kill(keeper.processIdentifier, SIGKILL) } }

    /// What is held is fed until its moment has passed, and again once the proof is there.
    @Test func feedsWhileAllAreTrusted() async throws {
        defer { end() }
        try await fed()
        let claim = WatchdogClaim(supervisor: "a b")
        try claim.hold(until: .now, of: start(margin: .seconds(2)))
        try await fed()
        let other = WatchdogClaim(supervisor: "other")
        try other.hold(until: .now + .seconds(60), of: start(margin: .seconds(-1)))
        try await within(.seconds(10)) { while try await !starved() {} }
        WatchdogClaim.free("a b", socket: socket)
        try await fed()
        // It does not leave while something is held, and disarms the device when it does.
        let descriptor = WatchdogSocket.connect(to: socket)
        defer { close(descriptor) }
        #expect(WatchdogSocket.send(.leave, over: descriptor))
        try await fed()
        #expect(other.free())
        #expect(WatchdogSocket.send(.leave, over: descriptor))
        try await keeperEnds()
        #expect(written().last == "V")
    }

    /// A supervisor that hangs with a live workload stops the feeding, with nobody else acting; the agent has no part in it.
    @Test func frozenSupervisorIsNotTrusted() async throws {
        defer { end() }
        try await fed()
        let supervisor = try SupervisorProcess()
        try await supervisor.connect()
        var start = supervisor.start(1, "sleep 300", Permit(epoch: 1, deadline: .now + .milliseconds(500)))
        start.watchdog = socket
        start.watchdogMarginInNanoseconds = 0
        #expect(try supervisor.ask(.start(start)).refusal == nil)
        supervisor.disconnect()
        supervisor.signal(SIGSTOP)
        try await within(.seconds(20)) { while try await !starved() {} }
        // Awake, it kills at once, and says so.
        supervisor.signal(SIGCONT)
        try await fed()
        #expect(supervisor.marked() == [])
    }

    /// One whose workload ended is not waited for, and without a keeper nothing is started.
    @Test func permitsAreHeldAndFreed() async throws {
        try await fed()
        let supervisor = try SupervisorProcess()
        try await supervisor.connect()
        var start = supervisor.start(1, "sleep 300", Permit(epoch: 1, deadline: .now + .seconds(60)))
        start.watchdog = socket
        start.watchdogMarginInNanoseconds = 0
        #expect(try supervisor.ask(.start(start)).refusal == nil)
        _ = try supervisor.ask(.kill(run: 1))
        _ = try supervisor.next { $0.report.state == .idle }
        let descriptor = WatchdogSocket.connect(to: socket)
        defer { close(descriptor) }
        #expect(WatchdogSocket.send(.leave, over: descriptor))
        try await keeperEnds()
        start.run = 2
        #expect(
            try supervisor.ask(.start(start)).refusal
                == "was not started: the watchdog's keeper cannot be reached at '\(socket)': No such file or directory")
    }

    @Test func messagesAreReadAsWritten() {
        let moment = Instant(nanoseconds: 12)
        for message in [WatchdogMessage.hold("/run/a b/c.sock", until: moment), .free("/run/a b/c.sock"), .leave] {
            #expect(WatchdogMessage(message.text) == message)
        }
        for text in ["", "hold", "hold 12", "hold x y", "free", "stay"] { #expect(WatchdogMessage(text) == nil) }
    }
}
