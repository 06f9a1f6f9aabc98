import Foundation
import Hagen
import HagenEngine
import Testing

@testable import HagenRuntime

/// Goal: a unit runs only under its cluster's permit, and at the deadline it is dead whatever systemd does.
@Suite(
    .serialized, .timeLimit(.minutes(2)),
    .enabled(if: TestSystemd.isAvailable, "needs root, systemd, and a cgroup v2 that can be written to"))
struct UnitWorkloadTests {
    /// Started and stopped by systemd, told of its epoch, and refused to everybody else.
    @Test func onlyTheClusterStartsIt() async throws {
        let systemd = try await TestSystemd()
        let supervisor = try SupervisorProcess()
        try await supervisor.connect()
        let seen = supervisor.directory.path + "/seen"
        try systemd.add(
            "shop", supervisor, "/bin/sh -c 'echo $HAGEN_EPOCH > \(seen); exec sleep 300'")
        // A person starts it: systemd asks for the permit and leaves it alone.
        try systemd.run("start", "shop.service")
        #expect(try systemd.show("ActiveState") == "inactive")
        #expect(access(seen, F_OK) != 0)

        let permit = Permit(epoch: 7, deadline: .now + .seconds(60))
        let kind = FailoverConfiguration.Workload.Kind.unit(name: "shop.service")
        _ = try supervisor.ask(.start(supervisor.start(1, kind, permit, environment: systemd.environment)))
        let running = try supervisor.next { $0.report.processID != nil }
        #expect(running.report.state == .running)
        try await within(.seconds(5)) {
            while (try? String(contentsOfFile: seen, encoding: .utf8)) != "7\n" {
                try await Task.sleep(for: .milliseconds(5))
            }
        }
        #expect(try systemd.show("MainPID") == running.report.processID.map(String.init))
        _ = try supervisor.ask(.stop(run: 1))
        #expect(try supervisor.next { $0.report.state == .idle }.report.ending == "was stopped")
        #expect(try systemd.show("ActiveState") == "inactive")
    }

    /// A crash is seen at once, and said in words.
    @Test func crashIsSeen() async throws {
        let systemd = try await TestSystemd()
        let supervisor = try SupervisorProcess()
        try await supervisor.connect()
        try systemd.add("shop", supervisor, "/bin/sleep 300")
        let kind = FailoverConfiguration.Workload.Kind.unit(name: "shop.service")
        _ = try supervisor.ask(.start(supervisor.start(1, kind, nil, environment: systemd.environment)))
        let process = try #require(try supervisor.next { $0.report.processID != nil }.report.processID)
        let moment = Instant.now
        kill(process, SIGKILL)
        let ended = try supervisor.next { $0.report.state == .idle }
        print("the crash of a unit was reported after \((Instant.now - moment).text)")
        #expect(Instant.now - moment < .seconds(2))
        #expect(ended.report.ending == "was ended by signal 9")
    }

    /// What cannot be started says why.
    @Test func failuresAreInWords() async throws {
        let systemd = try await TestSystemd()
        let supervisor = try SupervisorProcess()
        try await supervisor.connect()
        func ending(_ run: UInt64, _ unit: String) throws -> String? {
            let kind = FailoverConfiguration.Workload.Kind.unit(name: unit)
            _ = try supervisor.ask(.start(supervisor.start(run, kind, nil, environment: systemd.environment)))
            return try supervisor.next { $0.report.run == run && $0.report.state == .idle }.report.ending
        }
        #expect(try ending(1, "no-such.service") == "there is no unit 'no-such.service' on this host")
        try systemd.add("shop", supervisor, "/bin/sh -c 'exit 3'")
        #expect(try ending(2, "shop.service") == "exited with status 3")
        let plain = FailoverConfiguration.Workload.Kind.unit(name: "shop.service")
        _ = try supervisor.ask(.start(supervisor.start(3, plain, nil, environment: ["PATH": "/nowhere"])))
        let none = try supervisor.next { $0.report.run == 3 && $0.report.state == .idle }
        #expect(none.report.ending?.contains("no program 'systemctl'") ?? false)
    }

    /// At the deadline it dies without systemd: neither a deaf process nor a hanging ExecStop= nor a frozen systemd gives it
    /// more time. It is reported dead only when systemd agrees.
    @Test func deadlineNeedsNoSystemd() async throws {
        let systemd = try await TestSystemd()
        let supervisor = try SupervisorProcess()
        try await supervisor.connect()
        try systemd.add(
            "shop", supervisor, "/bin/sh -c 'trap \"\" TERM; setsid sleep 300 & sleep 301; sleep 302'",
            more: "ExecStop=/bin/sleep 60\nTimeoutStopSec=90")
        let permit = Permit(epoch: 7, deadline: .now + .seconds(3))
        let kind = FailoverConfiguration.Workload.Kind.unit(name: "shop.service")
        _ = try supervisor.ask(.start(supervisor.start(1, kind, permit, environment: systemd.environment)))
        _ = try supervisor.next { $0.report.processID != nil }
        let group = try systemd.controlGroup()
        #expect(group.state == .populated)
        systemd.freeze()
        try await within(.seconds(10)) {
            while group.state == .populated { try await Task.sleep(for: .milliseconds(1)) }
        }
        let late = Instant.now - permit.deadline
        print("the unit's group was empty \(late.text) after the deadline, with systemd frozen")
        #expect(late >= .zero && late < .milliseconds(200))
        #expect(try supervisor.ask(.settle(run: 1)).report.state == .ending)
        systemd.thaw()
        #expect(
            try supervisor.next { $0.report.state == .idle }.report.ending
                == "was killed: its permit for epoch 7 ended")
        #expect(group.state.isProvedEmpty)
    }

    /// One that somebody else started, before the drop-in was there, is ended and not taken over.
    @Test func foreignOneIsEnded() async throws {
        let systemd = try await TestSystemd()
        let supervisor = try SupervisorProcess()
        try await supervisor.connect()
        try systemd.add("shop", supervisor, "/bin/sleep 300", hasCondition: false)
        try systemd.run("start", "shop.service")
        #expect(try systemd.show("ActiveState") == "active")
        let kind = FailoverConfiguration.Workload.Kind.unit(name: "shop.service")
        _ = try supervisor.ask(.start(supervisor.start(1, kind, nil, environment: systemd.environment)))
        #expect(
            try supervisor.next { $0.report.state == .idle }.report.ending == "ran already, started by somebody else")
        #expect(try systemd.show("ActiveState") != "active")
    }
}

/// A real systemd of the test's own: a user's manager in a control group and with folders of its own, and a `systemctl` that
/// asks it.
final class TestSystemd: Sendable {
    private static let program = "/lib/systemd/systemd"
    static let isAvailable =
        TestControlGroup.isAvailable && access(program, X_OK) == 0 && access("/usr/bin/systemctl", X_OK) == 0

    private let group: TestControlGroup
    private let directory: TemporaryDirectory
    private let processID: Int32
    /// The group of systemd's own hierarchy on machines that have it beside the unified one.
    private let otherGroup: String?
    let environment: [String: String]

    init() async throws {
        group = try TestControlGroup()
        directory = try TemporaryDirectory()
        let runtime = try directory.folder("run", mode: 0o700)
        _ = try directory.folder("config/systemd/user")
        let bin = try directory.folder("bin")
        let wrapper = try directory.file("bin/systemctl", "#!/bin/sh\nexec /usr/bin/systemctl --user \"$@\"\n")
        chmod(wrapper, 0o755)
        environment = ["PATH": "\(bin):/usr/bin:/bin", "XDG_RUNTIME_DIR": runtime]
        let name = group.group.path.split(separator: "/").last.map(String.init) ?? ""
        var other = "/sys/fs/cgroup/systemd/\(name)"
        if mkdir(other, 0o755) != 0 { other = "" }
        otherGroup = other.isEmpty ? nil : other
        // Not Foundation's `Process`: systemd closes the descriptor by which that learns of an end.
        let null = open("/dev/null", O_RDWR)
        defer { close(null) }
        let started = try ChildProcess.start(
            ChildProcess.Specification(
                path: "/usr/bin/unshare",
                // It wants a machine that systemd booted; this one need not be.
                arguments: [
                    "unshare", "--mount", "/bin/sh", "-c",
                    """
                    for group; do echo 0 > "$group/cgroup.procs"; done
                    mount -t tmpfs tmpfs /run/systemd && mkdir /run/systemd/system && exec \(Self.program) --user --unit=basic.target
                    """, "sh", group.group.path,
                ] + (otherGroup.map { [$0] } ?? []),
                environment: [
                    "XDG_RUNTIME_DIR": runtime, "XDG_CONFIG_HOME": directory.path + "/config", "HOME": directory.path,
                    "PATH": "/usr/bin:/bin",
                ], input: null, output: null))
        close(started.failure)
        processID = started.processID
        try await within(.seconds(20)) { [self] in
            while (try? run("show", "basic.target")) != 0 { try await Task.sleep(for: .milliseconds(20)) }
        }
    }

    deinit {
        thaw()
        kill(processID, SIGKILL)
        waitpid(processID, nil, 0)
        group.group.kill()
        for _ in 0..<200 {
            if group.group.state != .populated { break }
            usleep(5000)
        }
        if let otherGroup {
            // Deepest first.
            let all = FileManager.default.enumerator(atPath: otherGroup)?.compactMap { $0 as? String } ?? []
            for path in all.sorted(by: { $0.count > $1.count }) { rmdir("\(otherGroup)/\(path)") }
            rmdir(otherGroup)
        }
    }

    func freeze() { kill(processID, SIGSTOP) }
    func thaw() { kill(processID, SIGCONT) }

    /// Writes a service and its drop-in.
    func add(
        _ name: String, _ supervisor: SupervisorProcess, _ command: String, more: String = "",
        hasCondition: Bool = true
    ) throws {
        _ = try directory.file(
            "config/systemd/user/\(name).service", "[Service]\nExecStart=\(command)\n\(more)\n")
        _ = try directory.folder("config/systemd/user/\(name).service.d")
        let runtime = supervisor.directory.path
        let condition =
            hasCondition ? "ExecCondition=\"\(SupervisorProcess.daemon)\" permit test --runtime \(runtime)\n" : ""
        _ = try directory.file(
            "config/systemd/user/\(name).service.d/hagen.conf",
            """
            [Service]
            Restart=no
            EnvironmentFile=-\(runtime)/supervise/test.sock.environment
            \(condition)
            """)
        #expect(try run("daemon-reload") == 0)
    }

    @discardableResult func run(_ words: String...) throws -> Int32 {
        try output(words).status
    }

    func show(_ property: String) throws -> String {
        try output(["show", "--value", "--property=\(property)", "shop.service"]).text
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }

    func controlGroup() throws -> ControlGroup {
        let hierarchy = try #require(ControlGroupHierarchy.current)
        return hierarchy.group(named: try show("ControlGroup"))
    }

    private func output(_ words: [String]) throws -> (status: Int32, text: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: directory.path + "/bin/systemctl")
        process.arguments = words
        process.environment = environment
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationStatus, text)
    }
}
