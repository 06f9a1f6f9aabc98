package import Hagen
package import Logging
internal import NIOSSL

/// Chooses the conformer that a configuration asks for.
package enum StoreConnection {
    /// - Throws: `EngineFailure` of kind `.configuration`, in words, where the material of its TLS is missing or wrong.
    package static func open(
        _ address: StoreAddress, credentialsDirectory: String?, logger: Logger
    ) throws -> any CoordinationStore {
        switch address.kind {
        case .embedded: return EmbeddedStoreClient(endpoints: address.endpoints)
        case .etcd:
            let tls = try address.tls.map { try configuration($0, CredentialFolder(credentialsDirectory)) }
            return EtcdStore(endpoints: address.endpoints, deadline: .seconds(2), tls: tls, logger: logger)
        }
    }

    static func configuration(
        _ tls: StoreAddress.TLS, _ credentials: CredentialFolder
    ) throws -> TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        configuration.trustRoots = .certificates(
            try read(tls.authority, "certificates", in: credentials) { try NIOSSLCertificate.fromPEMFile($0) })
        configuration.certificateChain = try read(tls.certificate, "certificates", in: credentials) {
            try NIOSSLCertificate.fromPEMFile($0)
        }.map { .certificate($0) }
        configuration.privateKey = .privateKey(
            try read(tls.key, "a private key", in: credentials) { try NIOSSLPrivateKey(file: $0, format: .pem) })
        return configuration
    }

    private static func read<Material>(
        _ name: String, _ what: String, in credentials: CredentialFolder, _ load: (String) throws -> Material
    ) throws -> Material {
        let path = try credentials.path(of: name)
        do {
            return try load(path)
        } catch {
            throw EngineFailure(
                "the store's credential '\(name)' has no \(what) in PEM that can be read from '\(path)': \(error)",
                kind: .configuration)
        }
    }
}

extension StoreAddress {
    /// What is wrong with it, one sentence a fault; engines that need a store check it at their start.
    package var faults: [String] {
        let scheme = tls == nil ? "http" : "https"
        var faults = endpoints.filter { !$0.hasPrefix("\(scheme)://") || $0.hasSuffix("/") }.map {
            "store.endpoints has '\($0)', but an endpoint has the form \(scheme)://ADDRESS:PORT"
        }
        if endpoints.isEmpty { faults.append("store.endpoints is empty") }
        if !prefix.hasSuffix("/") { faults.append("store.prefix is '\(prefix)', but it ends with '/'") }
        if kind == .embedded, tls != nil { faults.append("store.tls is set, but the embedded store has no TLS") }
        return faults
    }
}
