import Foundation
import Hagen
import Testing

@testable import HagenDeploy

/// The lab against a stand-in for `hagend`, which tells what it was asked to do: the lab's own promises, without engines.
@Suite(.serialized, .timeLimit(.minutes(2))) struct LabTests {
    private let folder: TemporaryFolder
    private let environment: [String: String]

    init() throws {
        folder = try TemporaryFolder()
        environment = [
            "PATH": "/usr/bin:/bin", "XDG_RUNTIME_DIR": folder.path + "/run", "XDG_STATE_HOME": folder.path + "/state",
            "EVENTS": folder.path + "/events",
        ]
        try FileManager.default.createDirectory(atPath: folder.path + "/run", withIntermediateDirectories: false)
        try folder.write(Self.daemon, to: "hagend", permissions: 0o755)
    }

    /// Writes a line when it starts and when it is told to end; an agent also starts a process that detaches.
    private static let daemon = """
        #!/usr/bin/env python3
        import os, signal, socket, subprocess, sys, time
        engine = sys.argv[1]
        me = os.environ["HAGEN_LAB_HOST"] + " " + engine
        def tell(word):
            with open(os.environ["EVENTS"], "a") as events:
                events.write(me + " " + word + "\\n")
        def end(*_):
            tell("ends")
            sys.exit(0)
        signal.signal(signal.SIGTERM, end)
        assert os.path.isdir(os.environ["RUNTIME_DIRECTORY"]) and os.path.isdir(os.environ["STATE_DIRECTORY"])
        assert open(sys.argv[sys.argv.index("--configuration") + 1]).read() == engine
        if engine == "failover":
            subprocess.Popen(["sleep", "1000"], start_new_session=True)
        if os.path.exists(os.environ["EVENTS"] + ".broken"):
            print("it is broken", flush=True)
            sys.exit(3)
        tell("starts")
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).sendto(b"STATUS=fine\\nREADY=1", os.environ["NOTIFY_SOCKET"])
        while True:
            time.sleep(0.1)

        """

    private func makeLab(keepsState: Bool = false) throws -> Lab {
        func address(_ text: String) -> SocketAddress { SocketAddress(IPAddress("127.0.0.1")!, port: Int(text)!) }
        let coordinator = CoordinatorConfiguration(topology: "shop", host: "coordinator", listen: address("45901"))
        let hosts = ["alpha", "beta"].map { name in
            Release.HostPart(
                name: name, address: "127.0.0.1", zone: "a",
                failover: FailoverConfiguration(
                    topology: "shop", host: name, store: nil, heartbeat: nil, clusters: []),
                balancer: BalancerConfiguration(topology: "shop", host: name, store: nil, listeners: []))
        }
        let release = Release(
            name: "shop", placement: .loopback, topology: Model.Topology(name: "shop"), hosts: hosts,
            coordinator: coordinator)
        let files = release.labEngines.map {
            OutputFile(path: $0.configuration, contents: $0.engine.engine.rawValue)
        }
        let plan = LabPlan(
            release: release, files: files, topologyFolder: folder.path, daemon: folder.path + "/hagend",
            guardCommand: nil, environment: environment, credentialsFolder: nil, keepsState: keepsState)
        return Lab(
            plan: plan, folders: try LabFolders(name: "shop", environment: environment),
            identity: "test-\(UInt64.random(in: .min ... .max))")
    }

    private var events: [String] { folder.text(of: "events").split(separator: "\n").map(String.init) }

    @Test func everythingStartsInOrderAndNothingStays() async throws {
        let lab = try makeLab()
        try await lab.run {
            #expect(events.first == "shop/coordinator coordinator starts", "the store is first: \(events)")
            #expect(Set(events).count == 5)
            // Engines and the two processes that detached.
            #expect(MarkedProcess.all(ofLab: lab.record.identity).count == 7)
            await lab.stop()
        }
        let ends = events.filter { $0.hasSuffix("ends") }
        #expect(Set(ends.prefix(2)) == ["shop/alpha balancer ends", "shop/beta balancer ends"])
        #expect(ends.last == "shop/coordinator coordinator ends", "the store is last: \(ends)")
        #expect(MarkedProcess.all(ofLab: lab.record.identity).isEmpty, "those that detached are gone too")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path + "/run").isEmpty)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path + "/state").isEmpty)
    }

    @Test func whatIsKeptIsTheState() async throws {
        let lab = try makeLab(keepsState: true)
        try await lab.run { await lab.stop() }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path + "/run").isEmpty)
        #expect(folder.exists("state/hagen/shop/release/hosts/alpha/etc/hagen/failover.json"))
        #expect(folder.exists("state/hagen/shop/logs/alpha-failover.log"))
    }

    @Test func aCrashedEngineIsStartedAgain() async throws {
        let lab = try makeLab()
        try await lab.run {
            let victim = try? LabTests.process(of: lab, host: "beta", named: "balancer")
            victim?.send(signal: SIGKILL)
            #expect(await eventually { events.filter { $0 == "shop/beta balancer starts" }.count == 2 })
            await lab.stop()
        }
    }

    @Test func aKilledHostStaysDownUntilItIsHealed() async throws {
        let lab = try makeLab()
        try await lab.run {
            let before = MarkedProcess.all(ofLab: lab.record.identity).filter { $0.host == "alpha" }
            #expect(before.count == 3)
            let words = try? await LabClient.send(.fault(LabFault(.kill, host: "alpha")), to: lab.folders)
            #expect(words == "alpha is killed")
            #expect(MarkedProcess.all(ofLab: lab.record.identity).allSatisfy { $0.host != "alpha" })
            // Longer than the delay of a restart: the host must not come back by itself.
            #expect(
                await !eventually(within: StartLimit.delay + .milliseconds(500)) {
                    MarkedProcess.all(ofLab: lab.record.identity).contains { $0.host == "alpha" }
                })
            _ = try? await LabClient.send(.fault(LabFault(.heal, host: "alpha")), to: lab.folders)
            #expect(await eventually { events.filter { $0 == "shop/alpha balancer starts" }.count == 2 })
            await lab.stop()
        }
    }

    @Test func aFrozenHostStopsAndGoesOn() async throws {
        let lab = try makeLab()
        try await lab.run {
            _ = try? await LabClient.send(.fault(LabFault(.freeze, host: "beta")), to: lab.folders)
            let frozen = MarkedProcess.all(ofLab: lab.record.identity)
            #expect(frozen.filter { $0.host == "beta" }.allSatisfy { $0.state == .stopped })
            #expect(frozen.filter { $0.host == "alpha" }.allSatisfy { $0.state == .running })
            _ = try? await LabClient.send(.fault(LabFault(.heal, host: "beta")), to: lab.folders)
            #expect(
                await eventually {
                    MarkedProcess.all(ofLab: lab.record.identity).allSatisfy { $0.state == .running }
                })
            await lab.stop()
        }
    }

    @Test func anUnknownHostIsNamed() async throws {
        let lab = try makeLab()
        try await lab.run {
            await #expect(
                throws: DeployError("the lab has no host 'delta': it has alpha, beta, coordinator")
            ) {
                try await LabClient.send(.fault(LabFault(.kill, host: "delta")), to: lab.folders)
            }
            await lab.stop()
        }
    }

    @Test func twoOfOneNameAreRefused() async throws {
        let lab = try makeLab()
        let second = try makeLab()
        try await lab.run {
            let error = await #expect(throws: DeployError.self) { try await second.run {} }
            #expect(error?.message == "a lab of 'shop' runs already")
            #expect(MarkedProcess.all(ofLab: lab.record.identity).count == 7, "the first one is not disturbed")
            await lab.stop()
        }
    }

    @Test func anEngineThatDoesNotStartIsNamedWithItsLog() async throws {
        try folder.write("", to: "events.broken")
        let lab = try makeLab()
        let error = await #expect(throws: DeployError.self) { try await lab.run { await lab.stop() } }
        #expect(error?.message == "the coordinator ended with exit status 3. It said:\n  it is broken")
        #expect(MarkedProcess.all(ofLab: lab.record.identity).isEmpty)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path + "/run").isEmpty)
    }

    @Test func aPortThatIsTakenIsNamedBeforeAnythingStarts() async throws {
        let taken = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(taken) }
        let address = SocketAddress(IPAddress("127.0.0.1")!, port: 45901)
        let bound: Int32 = address.withSockaddr { bind(taken, $0, $1) }
        try #require(bound == 0 && listen(taken, 1) == 0)
        let error = await #expect(throws: DeployError.self) { try await makeLab().run {} }
        #expect(error?.message.contains("127.0.0.1:45901 for the coordinator: Address already in use") == true)
        #expect(events.isEmpty)
    }

    /// What a lab left behind whose `hagen up` was killed is ended by the next one, by its mark.
    @Test func theNextLabCleansUpAfterOneThatWasKilled() async throws {
        let lab = try makeLab()
        try lab.folders.create()
        let left = try ChildProcess(
            ChildProcess.Specification(
                executable: "/bin/sleep", arguments: ["1000"],
                environment: [
                    EngineEnvironment.labIdentity: "left", EngineEnvironment.labHost: "shop/alpha",
                ], descriptors: [:], ownSession: true))
        var record = lab.record
        record.identity = "left"
        try record.write(to: lab.folders.record)
        try await lab.run { await lab.stop() }
        await left.waitForEnd()
        #expect(left.reap() == .killed(signal: SIGKILL))
    }

    private static func process(of lab: Lab, host: String, named engine: String) throws -> MarkedProcess {
        let found = MarkedProcess.all(ofLab: lab.record.identity).first { process in
            let words = try? String(contentsOfFile: "/proc/\(process.processID)/cmdline", encoding: .utf8)
            return process.host == host && words?.split(separator: "\0").contains(Substring(engine)) == true
        }
        return try #require(found)
    }
}
