import Foundation
import Hagen
import Testing

@testable import HagenDeploy

/// A child gets exactly what it is given, and its end is told truly.
@Suite struct ChildProcessTests {
    private let folder: TemporaryFolder
    init() throws { folder = try TemporaryFolder() }

    private func run(_ script: String, environment: [String: String] = [:]) async throws -> (
        String, ChildProcess.Ending
    ) {
        let output = open(folder.path + "/output", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        defer { close(output) }
        let child = try ChildProcess(
            ChildProcess.Specification(
                executable: "/bin/sh", arguments: ["-c", script], environment: environment, folder: folder.path,
                descriptors: [1: output, 2: output], ownSession: true))
        await child.waitForEnd()
        return (folder.text(of: "output"), child.reap())
    }

    @Test func exitStatusAndSignal() async throws {
        #expect(try await run("exit 7").1 == .exited(7))
        #expect(try await run("kill -9 $$").1 == .killed(signal: SIGKILL))
    }

    @Test func environmentAndFolder() async throws {
        let (output, _) = try await run("echo \"$WORD $HOME\"; pwd", environment: ["WORD": "two words"])
        #expect(output == "two words \n\(folder.path)\n")
    }

    @Test func itInheritsNoOtherDescriptor() async throws {
        let stray = open("/dev/null", O_RDONLY)
        defer { close(stray) }
        let (output, _) = try await run("ls /proc/self/fd | wc -l")
        // The three standard ones, and the one that ls reads the folder with.
        #expect(output.trimmingCharacters(in: .whitespacesAndNewlines) == "4")
    }

    @Test func aProgramThatIsMissing() throws {
        let error = #expect(throws: DeployError.self) {
            try ChildProcess(
                ChildProcess.Specification(
                    executable: "/no/such/program", arguments: [], environment: [:], descriptors: [:], ownSession: true)
            )
        }
        #expect(error?.message == "cannot start '/no/such/program': No such file or directory")
    }

    /// The lab's processes are found by their mark although they detach; others are never touched.
    @Test func markedProcessesAreFoundAndKilled() async throws {
        let identity = "test-\(UInt64.random(in: .min ... .max))"
        func start(_ identity: String) throws -> ChildProcess {
            try ChildProcess(
                ChildProcess.Specification(
                    executable: "/bin/sh", arguments: ["-c", "setsid sleep 1000 & exec sleep 1000"],
                    environment: [
                        EngineEnvironment.labIdentity: identity, EngineEnvironment.labHost: "shop/alpha",
                        "PATH": "/usr/bin:/bin",
                    ], descriptors: [:], ownSession: true))
        }
        let marked = try start(identity)
        let stranger = try start(identity + "0")
        #expect(await eventually { MarkedProcess.all(ofLab: identity).count == 2 })
        #expect(MarkedProcess.all(ofLab: identity).allSatisfy { $0.host == "alpha" })

        let left = await [MarkedProcess].killAll(within: .seconds(10)) { MarkedProcess.all(ofLab: identity) }
        #expect(left.isEmpty)
        await marked.waitForEnd()
        #expect(marked.reap() == .killed(signal: SIGKILL))
        #expect(await eventually { MarkedProcess.all(ofLab: identity + "0").count == 2 }, "the stranger's still run")

        _ = await [MarkedProcess].killAll(within: .seconds(10)) { MarkedProcess.all(ofLab: identity + "0") }
        await stranger.waitForEnd()
        _ = stranger.reap()
    }
}
