import Foundation
import Hagen
import HagenEngine
import Testing

@testable import HagenRuntime

/// Goal: nothing that lives is taken for dead.
@Suite(.timeLimit(.minutes(1))) struct ProcessTreeTests {
    /// The number of the system call that ends one thread.
    #if arch(x86_64)
        private static let exitCall = 60
    #else
        private static let exitCall = 93
    #endif

    /// The first thread has exited, and shows as a zombie; another one works on.
    @Test func processWithoutFirstThreadLives() async throws {
        let entry = "HAGEN_TEST=\(UUID().uuidString)"
        let process = try start(
            entry,
            """
            import ctypes, threading, time
            threading.Thread(target=lambda: time.sleep(60)).start()
            ctypes.CDLL(None).syscall(\(Self.exitCall), 0)
            """)
        defer { kill(process.processIdentifier, SIGKILL) }
        try await within(.seconds(20)) {
            while ProcessTree.status(of: process.processIdentifier)?.state != "Z" {
                try await Task.sleep(for: .milliseconds(5))
            }
        }
        #expect(ProcessTree.processes(with: entry) == [process.processIdentifier])
        #expect(ProcessTree.descendants(of: getpid()).contains(process.processIdentifier))
    }

    /// A child that cleared its environment belongs to its parent.
    @Test func descendantWithoutTheMarkIsFound() async throws {
        let entry = "HAGEN_TEST=\(UUID().uuidString)"
        let process = try start(
            entry, "import subprocess; subprocess.run(['/bin/sleep', '60'], env={})")
        defer { for process in ProcessTree.processes(with: entry) { kill(process, SIGKILL) } }
        try await within(.seconds(20)) {
            while ProcessTree.processes(with: entry).count < 2 { try await Task.sleep(for: .milliseconds(5)) }
        }
        #expect(ProcessTree.processes(with: entry).first == process.processIdentifier)
    }

    /// Began a moment ago, and not before the machine did.
    @Test func beginningIsKnownToATick() throws {
        let status = try #require(ProcessTree.status(of: getpid()))
        #expect(status.lives)
        #expect(!status.beganAfter(.now + .milliseconds(100)))
        #expect(status.beganAfter(Instant(nanoseconds: 0)))
    }

    private func start(_ entry: String, _ script: String) throws -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
        process.arguments = ["-c", script]
        let parts = entry.split(separator: "=").map(String.init)
        process.environment = [parts[0]: parts[1]]
        try process.run()
        return process
    }
}

/// Goal: only a lock that was obtained says that no supervisor runs, and its file tells which one was lost.
@Suite struct SupervisorLockTests {
    @Test func stateFollowsTheLock() throws {
        let directory = try TemporaryDirectory()
        let lock = SupervisorLock(path: directory.path + "/lock")
        #expect(lock.state == .free(lost: nil))
        let descriptor = try lock.take()
        guard case .held(let holder?) = lock.state else {
            Issue.record("\(lock.state)")
            return
        }
        #expect(holder.processID == getpid())
        #expect(throws: EngineFailure.self) { _ = try lock.take() }
        close(descriptor)
        #expect(lock.state == .free(lost: holder))
        guard case .unknown = SupervisorLock(path: directory.path + "/none/lock").state else {
            Issue.record("a lock that cannot be opened was taken for a free one")
            return
        }
    }
}

/// Goal: a supervisor that is silent is found out, and none that works.
@Suite struct AwaitedAnswerTests {
    @Test func silenceIsLookedAtTwice() throws {
        var member = try Self.member()
        let start = Instant(nanoseconds: 1_000_000_000)
        #expect(member.answerDue == nil)
        _ = member.ordered(.settle(run: 0), at: start)
        let last = member.ordered(.stop(run: 0), at: start + .milliseconds(100))
        #expect(member.answerDue == start + .seconds(1))
        member.answered(last - 1, at: start + .milliseconds(500))
        #expect(member.answerDue == start + .milliseconds(1500))
        // An announcement answers nothing: one order may have been lost, and the state says what it says.
        member.answered(nil, at: start + .milliseconds(600))
        let looks = [1500, 1505, 1510].map { member.isUnresponsive(at: start + .milliseconds($0)) }
        #expect(looks == [false, false, true])
        member.answered(last, at: start + .milliseconds(1600))
        #expect(member.answerDue == nil)
    }

    private static func member() throws -> FailoverMember {
        let cluster = FailoverConfiguration.Cluster(
            name: "c", mode: .loadBalancing,
            workload: FailoverConfiguration.Workload(
                kind: .process(FailoverConfiguration.Workload.Process(command: ["true"])), standby: .cold,
                restartLimit: 0,
                restartWindow: .seconds(60), stopTimeout: .seconds(2)), address: "127.0.0.1", port: nil,
            members: [FailoverConfiguration.Member(host: "a", priority: 100, candidate: true)], lease: nil, check: nil)
        return try FailoverMember(
            cluster,
            of: FailoverConfiguration(topology: "t", host: "a", store: nil, heartbeat: nil, clusters: [cluster]),
            folders: FailoverFolders(runtime: "/nowhere", state: "/nowhere"), nonceSeed: 1)
    }
}
