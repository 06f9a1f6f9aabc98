import Foundation
import Hagen
import HagenEngine
import Testing

@testable import HagenRuntime

/// Goal: where a control group was delegated, nothing of a workload hides from its end, and its end is the kernel's word.
@Suite(
    .serialized, .timeLimit(.minutes(2)),
    .enabled(if: TestControlGroup.isAvailable, "needs root and a cgroup v2 that can be written to"))
struct ControlGroupTests {
    /// The kernel's word: missing, empty, populated, and empty again after a kill that nobody can catch.
    @Test func stateIsTheKernelsWord() async throws {
        let parent = try TestControlGroup()
        #expect(parent.group.isDelegated)
        let group = parent.group.child("w")
        #expect(group.state == .missing)
        #expect(!group.kill())
        try group.create()
        #expect(group.state == .empty)
        #expect(!group.isDelegated)
        let started = try ChildProcess.start(
            ChildProcess.Specification(
                path: "/bin/sh", arguments: ["sh", "-c", "trap '' TERM; sleep 300"], environment: [:], input: 0,
                output: 1, controlGroup: group))
        defer { close(started.failure) }
        try await within(.seconds(5)) {
            while group.state != .populated { try await Task.sleep(for: .milliseconds(1)) }
        }
        #expect(group.kill())
        try await within(.seconds(5)) {
            while group.state != .empty { try await Task.sleep(for: .milliseconds(1)) }
        }
        waitpid(started.processID, nil, 0)
    }

    /// Everything is in the group, the supervisor is not, and at the deadline the group is empty: also of processes that
    /// left their session and have no environment.
    @Test func permitEmptiesTheGroup() async throws {
        let parent = try TestControlGroup()
        let group = parent.group.child("w")
        let supervisor = try SupervisorProcess(controlGroup: group.path)
        try await supervisor.connect()
        let permit = Permit(epoch: 3, deadline: .now + .seconds(1))
        let script = "trap '' TERM; (setsid env -i sh -c 'sleep 300 & sleep 301' &) ; sleep 302"
        #expect(try supervisor.ask(.start(supervisor.start(1, script, permit))).refusal == nil)
        try await within(.seconds(5)) {
            while parent.processes(in: "w").count < 5 { try await Task.sleep(for: .milliseconds(1)) }
        }
        let dead = try supervisor.next { $0.report.state == .idle }
        let late = Instant.now - permit.deadline
        print("the group was empty \(late.text) after the deadline")
        #expect(late >= .zero && late < .milliseconds(200))
        #expect(group.state == .empty)
        #expect(dead.report.ending == "was killed: its permit for epoch 3 ended")
        // The next run finds its place, also when systemd has cleaned up behind it.
        rmdir(group.path)
        #expect(try supervisor.ask(.start(supervisor.start(2, "sleep 300", nil))).refusal == nil)
        try await within(.seconds(5)) {
            while parent.processes(in: "w").isEmpty { try await Task.sleep(for: .milliseconds(1)) }
        }
    }

    /// A process that the kernel cannot end is not dead, however long it takes; the moment that it can, it is.
    @Test(.enabled(if: HangingFileSystem.isAvailable, "needs /dev/fuse"))
    func uninterruptibleSleepIsNotDeath() async throws {
        let parent = try TestControlGroup()
        let files = try HangingFileSystem()
        defer { files.end() }
        let supervisor = try SupervisorProcess(controlGroup: parent.group.child("w").path)
        try await supervisor.connect()
        let permit = Permit(epoch: 3, deadline: .now + .seconds(1))
        _ = try supervisor.ask(.start(supervisor.start(1, "cat '\(files.path)/file' & wait", permit)))
        try await within(.seconds(5)) {
            while !parent.processes(in: "w").contains(where: { ProcessTree.status(of: $0)?.state == "D" }) {
                try await Task.sleep(for: .milliseconds(1))
            }
        }
        let ending = try supervisor.next { $0.report.state == .ending && $0.report.processID == nil }
        #expect(ending.report.permit != nil)
        // It was killed, and several looks later it still is not taken for dead.
        let looks = Instant.now + .milliseconds(400)
        try await within(.seconds(5)) {
            while .now < looks { try await Task.sleep(for: .milliseconds(5)) }
        }
        #expect(try supervisor.ask(.settle(run: 1)).report.state == .ending)
        #expect(try supervisor.ask(.leave).refusal != nil)
        files.end()
        #expect(try supervisor.next { $0.report.state == .idle }.report.run == 1)
        #expect(parent.group.child("w").state == .empty)
    }
}

/// A file system whose files can be looked up and whose reads never end, until it is ended: what asks for one sleeps in the
/// kernel, and no signal wakes it.
final class HangingFileSystem: Sendable {
    static let isAvailable = geteuid() == 0 && access("/dev/fuse", R_OK | W_OK) == 0

    let path: String
    private let directory: TemporaryDirectory
    private let process: Process

    init() throws {
        directory = try TemporaryDirectory()
        path = try directory.folder("files")
        process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
        process.arguments = ["-c", Self.program, path]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        guard output.fileHandleForReading.availableData.count > 0 else {
            throw EngineFailure("the file system was not mounted")
        }
    }

    deinit { end() }

    /// The kernel gives up all requests once nobody is there to answer them.
    func end() {
        guard process.isRunning else { return }
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        umount2(path, Int32(MNT_DETACH))
    }

    /// Answers the first request (INIT) of the FUSE protocol, version 7.31, and takes the others in without a word: one that
    /// was taken in cannot be withdrawn by a signal.
    private static let program = """
        import ctypes, os, struct, sys
        device = os.open('/dev/fuse', os.O_RDWR)
        options = f'fd={device},rootmode=40000,user_id=0,group_id=0'.encode()
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.mount(b'hagen-test', sys.argv[1].encode(), b'fuse', 0, options):
            sys.exit(os.strerror(ctypes.get_errno()))
        request = os.read(device, 1 << 17)
        unique = struct.unpack_from('<Q', request, 8)[0]
        answer = struct.pack('<IIIIHHIIHHI28x', 7, 31, 4096, 0, 1, 1, 4096, 1, 1, 0, 0)
        os.write(device, struct.pack('<IiQ', 16 + len(answer), 0, unique) + answer)
        print('mounted', flush=True)
        while True: os.read(device, 1 << 17)
        """
}
