import Foundation
import Hagen
import HagenEngine
import Synchronization
import Testing

@testable import HagenRuntime

/// Goal: a supervisor alone, without any agent, keeps rule 7: nothing of a workload lives past its permit, and its word "idle"
/// is true.
@Suite(.serialized, .timeLimit(.minutes(2))) struct SupervisorProcessTests {
    /// Everything that the workload started is dead a moment after the deadline, however it hid.
    @Test func permitEndsTheWholeWorkload() async throws {
        let supervisor = try SupervisorProcess()
        try await supervisor.connect()
        let permit = Permit(epoch: 3, deadline: .now + .seconds(2))
        // Ignores SIGTERM, leaves its session, and forks twice.
        let script = "trap '' TERM; (setsid sh -c 'sleep 300 & sleep 301' &) ; echo started; sleep 302"
        let running = try supervisor.ask(.start(supervisor.start(1, script, permit)))
        #expect(running.report.state == .running)
        #expect(running.refusal == nil)
        let main = try #require(running.report.processID)
        try await within(.seconds(5)) {
            while supervisor.marked().count < 4 { try await Task.sleep(for: .milliseconds(1)) }
        }
        #expect(ProcessTree.status(of: main) != nil)
        let dead = try supervisor.next { $0.report.state == .idle }
        let late = Instant.now - permit.deadline
        print("all dead \(late.text) after the deadline")
        #expect(late >= .zero)
        #expect(late < .milliseconds(200))
        #expect(supervisor.marked() == [])
        #expect(dead.report.ending == "was killed: its permit for epoch 3 ended")
    }

    /// Rule 3: an older epoch, another epoch and a permit that is over are refused; an extension in time is not.
    @Test func permitsAreGuarded() async throws {
        let supervisor = try SupervisorProcess()
        try await supervisor.connect()
        let over = Permit(epoch: 4, deadline: .now)
        let refused = try supervisor.ask(.start(supervisor.start(1, "sleep 300", over)))
        #expect(refused.refusal == "was not started: the permit for epoch 4 is over")
        #expect(refused.report.state == .idle)
        #expect(refused.report.run == 1)
        let permit = Permit(epoch: 4, deadline: .now + .seconds(30))
        #expect(try supervisor.ask(.start(supervisor.start(2, "sleep 300", permit))).refusal == nil)
        let older = Permit(epoch: 3, deadline: .now + .seconds(60))
        #expect(try supervisor.ask(.extend(run: 2, permit: older)).refusal != nil)
        let newer = Permit(epoch: 5, deadline: .now + .seconds(60))
        #expect(try supervisor.ask(.extend(run: 2, permit: newer)).refusal != nil)
        let longer = Permit(epoch: 4, deadline: .now + .seconds(60))
        #expect(try supervisor.ask(.extend(run: 2, permit: longer)).report.permit == longer)
        // A deadline never moves back.
        #expect(try supervisor.ask(.extend(run: 2, permit: permit)).report.permit == longer)
        _ = try supervisor.ask(.kill(run: 2))
        _ = try supervisor.next { $0.report.state == .idle }
        let again = Permit(epoch: 3, deadline: .now + .seconds(30))
        let late = try supervisor.ask(.start(supervisor.start(3, "sleep 300", again)))
        #expect(late.refusal == "was not started: epoch 3 is older than 4")
        // A start that was overtaken by a later connection is not obeyed.
        #expect(try supervisor.ask(.settle(run: 7)).report.run == 7)
        #expect(try supervisor.ask(.start(supervisor.start(7, "sleep 300", nil))).refusal != nil)
    }

    /// An agent that goes away changes nothing; the next one finds everything as it is.
    @Test func nextAgentFindsTheState() async throws {
        let supervisor = try SupervisorProcess()
        try await supervisor.connect()
        let permit = Permit(epoch: 9, deadline: .now + .seconds(60))
        let before = try supervisor.ask(.start(supervisor.start(1, "sleep 300", permit)))
        supervisor.disconnect()
        try await supervisor.connect()
        let after = try supervisor.ask(.settle(run: 0))
        #expect(after.report == before.report)
        #expect(after.report.permit == permit)
    }

    /// SIGTERM first, SIGKILL after the time-out; then it can be asked to leave.
    @Test func stopIsPoliteThenNot() async throws {
        let supervisor = try SupervisorProcess()
        try await supervisor.connect()
        _ = try supervisor.ask(
            .start(supervisor.start(1, "trap 'exit 0' TERM; tail -f /dev/null & wait", nil)))
        #expect(try supervisor.ask(.leave).refusal != nil)
        _ = try supervisor.ask(.stop(run: 1))
        #expect(try supervisor.next { $0.report.state == .idle }.report.ending == "was stopped")
        _ = try supervisor.ask(
            .start(supervisor.start(2, "trap '' TERM; echo deaf; tail -f /dev/null", nil)))
        try await within(.seconds(5)) {
            while !supervisor.log().contains("deaf") { try await Task.sleep(for: .milliseconds(5)) }
        }
        _ = try supervisor.ask(.stop(run: 2))
        let ended = try supervisor.next { $0.report.state == .idle }
        #expect(ended.report.ending == "was killed: it did not stop in time")
        _ = try? supervisor.ask(.leave)
        try await within(.seconds(5)) {
            while supervisor.isRunning { try await Task.sleep(for: .milliseconds(5)) }
        }
    }

    /// Why a workload did not start or ended is said in words.
    @Test func endingsAreInWords() async throws {
        let supervisor = try SupervisorProcess()
        try await supervisor.connect()
        var start = supervisor.start(1, "", nil)
        start.process.command = ["no-such-program"]
        #expect(try supervisor.ask(.start(start)).refusal?.contains("no program 'no-such-program'") ?? false)
        start.run = 2
        start.process.command = ["/etc/passwd"]
        _ = try supervisor.ask(.start(start))
        let failed = try supervisor.next { $0.report.run == 2 && $0.report.state == .idle }
        #expect(failed.report.ending == "could not be run: '/etc/passwd': Permission denied")
        start.run = 3
        start.process.command = ["sh", "-c", "exit 7"]
        start.process.user = "no-such-user"
        #expect(try supervisor.ask(.start(start)).refusal?.contains("no user 'no-such-user'") ?? false)
        start.run = 4
        start.process.user = nil
        _ = try supervisor.ask(.start(start))
        let exited = try supervisor.next { $0.report.run == 4 && $0.report.state == .idle }
        #expect(exited.report.ending == "exited with status 7")
    }

    /// The first process dies with its supervisor, and the line of its output is in the log.
    @Test func workloadDiesWithItsSupervisor() async throws {
        let supervisor = try SupervisorProcess()
        try await supervisor.connect()
        let running = try supervisor.ask(.start(supervisor.start(1, "echo $HAGEN_EPOCH here; exec sleep 300", nil)))
        let main = try #require(running.report.processID)
        try await within(.seconds(5)) {
            while !supervisor.log().contains("here") { try await Task.sleep(for: .milliseconds(5)) }
        }
        supervisor.kill()
        try await within(.seconds(5)) {
            while ProcessTree.status(of: main).map({ $0.state != "Z" }) ?? false {
                try await Task.sleep(for: .milliseconds(5))
            }
        }
    }

    /// It starts nothing as another user unless it is root; as root it takes on that user's groups.
    @Test(.enabled(if: getuid() == 0, "needs root")) func userIsHonoured() async throws {
        let supervisor = try SupervisorProcess()
        try await supervisor.connect()
        var start = supervisor.start(1, "id -u; id -G; exec sleep 300", nil)
        start.process.user = "nobody"
        let running = try supervisor.ask(.start(start))
        #expect(running.refusal == nil)
        try await within(.seconds(5)) {
            while supervisor.log().split(separator: "\n").count < 2 { try await Task.sleep(for: .milliseconds(5)) }
        }
        #expect(supervisor.log() == "65534\n65534\n")
        // The change of user would have cleared the signal that ties it to its supervisor.
        let main = try #require(running.report.processID)
        supervisor.kill()
        try await within(.seconds(5)) {
            while ProcessTree.status(of: main).map({ $0.state != "Z" }) ?? false {
                try await Task.sleep(for: .milliseconds(5))
            }
        }
    }
}

/// A real `hagend supervise`, and a plain blocking client of its socket.
final class SupervisorProcess: Sendable {
    let directory: TemporaryDirectory
    static let daemon = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent(".build/debug/hagend").path
    private let process = Mutex(Process())
    private let mark = "HAGEN_TEST=\(UUID().uuidString)"
    private let connection = Mutex<(descriptor: Int32, bytes: [UInt8], requests: UInt64)>((-1, [], 0))
    private let command: [String]

    /// - Parameters:
    ///   - controlGroup: where its workload is to live.
    ///   - namespace: of the network; `nil`: the test's own.
    init(controlGroup: String? = nil, in namespace: String? = nil) throws {
        directory = try TemporaryDirectory()
        _ = try directory.folder("supervise")
        // `ip netns exec` becomes what it runs, so that the process is the supervisor's own.
        command =
            (namespace.map { ["/usr/sbin/ip", "netns", "exec", $0] } ?? []) + [
                Self.daemon, "supervise", "test", "--socket", directory.path + "/supervise/test.sock",
                "--log", directory.path + "/log",
            ] + (controlGroup.map { ["--control-group", $0] } ?? [])
        try run()
    }

    /// Another one in the place of one that is gone.
    func run() throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: command[0])
        process.arguments = Array(command.dropFirst())
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        self.process.withLock { $0 = process }
    }

    deinit {
        disconnect()
        if isRunning { kill() }
        for remaining in marked() { Foundation.kill(remaining, SIGKILL) }
    }

    var isRunning: Bool { process.withLock { $0.isRunning } }
    func kill() { signal(SIGKILL) }
    func signal(_ signal: Int32) { process.withLock { _ = Foundation.kill($0.processIdentifier, signal) } }
    func log() -> String { (try? String(contentsOfFile: directory.path + "/log", encoding: .utf8)) ?? "" }

    /// What of the workloads lives, wherever it hangs in the tree of processes.
    func marked() -> [Int32] { ProcessTree.processes(with: mark) }

    func start(_ run: UInt64, _ script: String, _ permit: Permit?) -> WorkloadStart {
        let parts = mark.split(separator: "=").map(String.init)
        return WorkloadStart(
            run: run, role: .active, permit: permit,
            workload: .process(FailoverConfiguration.Workload.Process(command: ["/bin/sh", "-c", script])),
            environment: ["PATH": "/usr/bin:/bin", parts[0]: parts[1]],
            stopTimeoutInNanoseconds: 300_000_000, roleFile: nil)
    }

    /// The same for another kind of workload.
    func start(
        _ run: UInt64, _ kind: FailoverConfiguration.Workload.Kind, _ permit: Permit?,
        environment: [String: String] = [:]
    ) -> WorkloadStart {
        var start = start(run, "", permit)
        start.workload = kind
        start.environment["HAGEN_CLUSTER"] = "test"
        start.environment["HAGEN_EPOCH"] = String(permit?.epoch ?? 0)
        start.environment.merge(environment) { _, said in said }
        return start
    }

    func connect() async throws {
        let path = directory.path + "/supervise/test.sock"
        try await within(.seconds(10)) { [self] in
            while true {
                let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
                let address = try #require(UnixSocketAddress(path: path))
                if address.withPointer({ Foundation.connect(descriptor, $0, $1) }) == 0 {
                    connection.withLock { $0 = (descriptor, [], $0.requests) }
                    return
                }
                close(descriptor)
                try await Task.sleep(for: .milliseconds(5))
            }
        }
    }

    func disconnect() {
        connection.withLock { connection in
            if connection.descriptor >= 0 { close(connection.descriptor) }
            connection = (-1, [], connection.requests)
        }
    }

    /// Sends the order and returns its reply; announcements before it are passed over.
    func ask(_ order: SupervisorRequest.Order) throws -> SupervisorReply {
        let number = connection.withLock { connection in
            connection.requests += 1
            return connection.requests
        }
        let line = try JSONEncoder().encode(SupervisorRequest(order, number: number)) + [UInt8(ascii: "\n")]
        let descriptor = connection.withLock { $0.descriptor }
        let sent = line.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
        try #require(sent == line.count)
        return try next { $0.number == number }
    }

    /// The next reply or announcement of which that is true.
    func next(_ isWanted: (SupervisorReply) -> Bool) throws -> SupervisorReply {
        while true {
            let reply = try #require(try receive())
            if isWanted(reply) { return reply }
        }
    }

    private func receive() throws -> SupervisorReply? {
        try connection.withLock { connection in
            while true {
                if let end = connection.bytes.firstIndex(of: UInt8(ascii: "\n")) {
                    let line = Data(connection.bytes[..<end])
                    connection.bytes.removeSubrange(...end)
                    return try JSONDecoder().decode(SupervisorReply.self, from: line)
                }
                var polled = pollfd(fd: connection.descriptor, events: Int16(POLLIN), revents: 0)
                guard poll(&polled, 1, 10_000) > 0 else { return nil }
                var buffer = [UInt8](repeating: 0, count: 4096)
                let count = recv(connection.descriptor, &buffer, buffer.count, 0)
                guard count > 0 else { return nil }
                connection.bytes += buffer.prefix(count)
            }
        }
    }
}

extension WorkloadStart {
    fileprivate var process: FailoverConfiguration.Workload.Process {
        get { if case .process(let process) = workload { process } else { .init(command: []) } }
        set { workload = .process(newValue) }
    }
}
