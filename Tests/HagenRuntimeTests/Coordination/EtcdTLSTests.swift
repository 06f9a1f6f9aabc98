import Foundation
import Hagen
import Testing

@testable import HagenRuntime

/// Goal: with certificates on both sides the store is reached; without one of them it is not, and it is said why.
@Suite(
    .enabled(
        if: EtcdCluster.isInstalled && FileManager.default.isExecutableFile(atPath: "/usr/bin/openssl"),
        "needs /usr/bin/etcd and /usr/bin/openssl"))
struct EtcdTLSTests {
    @Test func bothSidesShowCertificates() async throws {
        let material = try TemporaryDirectory()
        try makeAuthority("ca", in: material)
        try makeAuthority("stranger", in: material)
        try makeCertificate("server", signedBy: "ca", in: material)
        try makeCertificate("client", signedBy: "ca", in: material)
        try makeCertificate("forged", signedBy: "stranger", in: material)
        let cluster = try EtcdCluster(
            members: 1,
            arguments: [
                "--cert-file", material.path + "/server.crt", "--key-file", material.path + "/server.key",
                "--trusted-ca-file", material.path + "/ca.crt", "--client-cert-auth",
            ], scheme: "https")
        try await cluster.start()
        func store(_ authority: String, _ name: String) throws -> any CoordinationStore {
            try StoreConnection.open(
                StoreAddress(
                    kind: .etcd, endpoints: cluster.endpoints, prefix: "/hagen/test/",
                    tls: .init(authority: authority + ".crt", certificate: name + ".crt", key: name + ".key")),
                credentialsDirectory: material.path, logger: quietLogger)
        }
        let good = try store("ca", "client")
        try await within(.seconds(20)) {
            while (try? await good.read(prefix: "")) == nil { try await Task.sleep(for: .milliseconds(20)) }
        }
        let revision = try #require(try await good.put("/k", "1", expecting: 0))
        let seen = try await collect(good.watch(prefix: "/k", after: revision - 1)) { $0.count == 1 }
        #expect(seen.map(\.value) == ["1"])
        for (authority, name) in [("ca", "forged"), ("stranger", "client")] {
            let bad = try store(authority, name)
            await #expect(throws: CoordinationError.self) { _ = try await bad.read(prefix: "") }
        }
        let anonymous = EtcdStore(
            endpoints: cluster.endpoints.map { $0.replacingOccurrences(of: "https", with: "http") },
            deadline: .seconds(1), logger: quietLogger)
        await #expect(throws: CoordinationError.self) { _ = try await anonymous.read(prefix: "") }
    }

    @Test func missingMaterialIsNamed() throws {
        let folder = try TemporaryDirectory()
        let address = StoreAddress(
            kind: .etcd, endpoints: ["https://10.0.0.1:2379"], prefix: "/hagen/test/",
            tls: .init(authority: "store-ca", certificate: "store-cert", key: "store-key"))
        let none = #expect(throws: EngineFailure.self) {
            _ = try StoreConnection.open(address, credentialsDirectory: nil, logger: quietLogger)
        }
        #expect(none?.kind == .configuration && none?.description.contains("CREDENTIALS_DIRECTORY") ?? false)
        let missing = #expect(throws: EngineFailure.self) {
            _ = try StoreConnection.open(address, credentialsDirectory: folder.path, logger: quietLogger)
        }
        #expect(missing?.description.contains("'store-ca'") ?? false)
        var wrong = address
        wrong.tls?.authority = "../store-ca"
        #expect(throws: EngineFailure.self) {
            _ = try StoreConnection.open(wrong, credentialsDirectory: folder.path, logger: quietLogger)
        }
    }

    @Test func addressesAreJudged() {
        let tls = StoreAddress.TLS(authority: "a", certificate: "b", key: "c")
        let good = StoreAddress(kind: .etcd, endpoints: ["https://10.0.0.1:2379"], prefix: "/hagen/x/", tls: tls)
        #expect(good.faults == [])
        #expect(StoreAddress(kind: .etcd, endpoints: ["http://10.0.0.1:2379"], prefix: "/", tls: tls).faults.count == 1)
        #expect(StoreAddress(kind: .etcd, endpoints: ["https://10.0.0.1:2379"], prefix: "/").faults.count == 1)
        #expect(StoreAddress(kind: .embedded, endpoints: ["https://a:1"], prefix: "/", tls: tls).faults.count == 1)
    }

    private func makeAuthority(_ name: String, in folder: TemporaryDirectory) throws {
        try openssl(
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
            "-subj", "/CN=\(name)", "-keyout", folder.path + "/\(name).key", "-out", folder.path + "/\(name).crt")
    }

    private func makeCertificate(_ name: String, signedBy authority: String, in folder: TemporaryDirectory) throws {
        let path = folder.path + "/" + name
        try openssl(
            "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=\(name)",
            "-keyout", path + ".key", "-out", path + ".csr")
        let names = try folder.file(
            "\(name).ext", "subjectAltName=IP:127.0.0.1\nextendedKeyUsage=serverAuth,clientAuth\n")
        try openssl(
            "x509", "-req", "-in", path + ".csr", "-CA", folder.path + "/\(authority).crt", "-CAkey",
            folder.path + "/\(authority).key", "-CAcreateserial", "-days", "2", "-extfile", names, "-out",
            path + ".crt")
    }

    private func openssl(_ arguments: String...) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        process.arguments = arguments
        process.standardError = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "openssl \(arguments.first ?? "")")
    }
}
