import Foundation
import Hagen
import HagenCompiler
import HagenRuntime
import Logging
import Testing

/// Goal: etcd itself runs with what is emitted for it, and does what the runtime relies on.
struct EtcdEmissionTests {
    private static let program = "/usr/bin/etcd"

    /// Three hosts of one machine.
    private var topology: Model.Topology { topology(tls: false) }

    private func topology(tls: Bool) -> Model.Topology {
        var topology = SampleTopologies.shop
        topology.coordination = .etcd(hosts: ["a1", "b1", "c1"], tls: tls)
        return topology
    }

    /// Goal: three members with the emitted configurations find each other on loopback, in clear and with certificates between
    /// all of them, and the addresses in the agents' configurations lead to them; a commit of as many swaps as one may have
    /// goes through.
    @Test(
        .enabled(
            if: FileManager.default.isExecutableFile(atPath: program)
                && FileManager.default.isExecutableFile(atPath: StoreCertificates.program),
            "needs /usr/bin/etcd and /usr/bin/openssl (Debian: etcd-server, openssl)"), arguments: [false, true])
    func etcdRunsWithIt(tls: Bool) async throws {
        let release = Lowering.lower(topology(tls: tls), placement: .declared)
        let files = Emitters.files(for: release)
        let folder = FileManager.default.temporaryDirectory.appending(path: "hagen etcd \(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        var processes: [Process] = []
        defer {
            for process in processes where process.isRunning {
                kill(process.processIdentifier, SIGKILL)
                process.waitUntilExit()
            }
        }
        let address = try #require(release.hosts.first?.failover?.store)
        #expect((address.tls != nil) == tls)
        let credentials = folder.appending(path: "credentials").path(percentEncoded: false)
        if let names = address.tls { try StoreCertificates.make(names, in: credentials) }
        for host in release.hosts {
            let file = try #require(files.first { $0.path == "hosts/\(host.name)/etc/hagen/etcd.yaml" })
            let own = folder.appending(path: host.name)
            try FileManager.default.createDirectory(at: own, withIntermediateDirectories: true)
            let text = file.contents.replacing(
                "/var/lib/hagen/etcd/data", with: own.appending(path: "data").path(percentEncoded: false)
            ).replacing("/run/credentials/hagen-etcd.service", with: credentials)
            #expect(text.contains("client-cert-auth: true") == tls)
            let configuration = own.appending(path: "etcd.yaml")
            try Data(text.utf8).write(to: configuration)
            let process = Process()
            process.executableURL = URL(filePath: Self.program)
            process.arguments = ["--config-file", configuration.path(percentEncoded: false)]
            process.environment = [:]
            process.standardError = FileHandle.nullDevice
            try process.run()
            processes.append(process)
        }
        #expect(address.kind == .etcd && address.endpoints.count == 3 && address.faults.isEmpty)
        let store = try StoreConnection.open(
            address, credentialsDirectory: tls ? credentials : nil,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let end = ContinuousClock.now + .seconds(30)
        while (try? await store.read(prefix: address.prefix)) == nil {
            try #require(ContinuousClock.now < end, "etcd did not come up")
            let areRunning = processes.allSatisfy { $0.isRunning }
            try #require(areRunning, "etcd ended at its start")
        }
        let value = String(repeating: "v", count: 4_096)
        let result = try await store.commit(
            (0..<StoreLimits.swapsPerCommit).map { .init(key: "\(address.prefix)\($0)", expected: 0, value: value) })
        #expect(result.outcomes.allSatisfy { if case .committed = $0 { true } else { false } })
        guard tls else { return }
        // Whoever shows no certificate of the authority's is not let in.
        let other = folder.appending(path: "stranger").path(percentEncoded: false)
        let names = try #require(address.tls)
        try StoreCertificates.make(names, in: other)
        let authority = "\(other)/\(names.authority)"
        try FileManager.default.removeItem(atPath: authority)
        try FileManager.default.copyItem(atPath: "\(credentials)/\(names.authority)", toPath: authority)
        let stranger = try StoreConnection.open(
            address, credentialsDirectory: other, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        await #expect(throws: CoordinationError.self) { _ = try await stranger.read(prefix: address.prefix) }
    }

    /// Goal: elections follow the topology's leases: shorter where one was declared aggressive, and only there.
    @Test func electionsFollowTheLeases() throws {
        func text(_ lease: Model.Lease?) throws -> String {
            var topology = topology
            topology.clusters[1].failover.lease = lease
            let files = Emitters.files(for: Lowering.lower(topology, placement: .declared))
            return try #require(files.first { $0.path.hasSuffix("/etcd.yaml") }).contents
        }
        for lease in [
            nil, Model.Lease(duration: .seconds(2), renew: .milliseconds(500)),
            Model.Lease(duration: .seconds(1), renew: .milliseconds(250), aggressive: true),
        ] {
            let text = try text(lease)
            #expect(text.contains("heartbeat-interval: 25\n") && text.contains("election-timeout: 250\n"))
            #expect(text.contains("pre-vote: true\n"))
        }
        let aggressive = try text(Model.Lease(duration: .milliseconds(300), renew: .milliseconds(75), aggressive: true))
        #expect(aggressive.contains("heartbeat-interval: 20\n") && aggressive.contains("election-timeout: 200\n"))
    }

    /// Goal: the lab stays with the embedded store, whatever is declared.
    @Test func theLabStaysEmbedded() throws {
        let release = Lowering.lower(topology, placement: .loopback)
        #expect(release.coordinator != nil && release.hosts.allSatisfy { $0.etcd == nil })
        let store = try #require(release.hosts.first?.failover?.store)
        #expect(store.kind == .embedded && store.endpoints.count == 1)
        let files = Emitters.files(for: release)
        #expect(!files.contains { $0.path.hasSuffix("etcd.yaml") })
    }
}
