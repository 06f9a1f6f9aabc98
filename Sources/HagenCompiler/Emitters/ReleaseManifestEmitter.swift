package import Hagen

/// `release.json`: what the release is called by people (its name) and by machines (its digest).
package enum ReleaseManifestEmitter {
    struct Manifest: Encodable {
        struct Host: Encodable {
            var name: String
            var address: String
            var zone: String
            var engines: [String]
        }
        var name: String
        var placement: Placement
        var digest: String
        /// Of the model, and of each engine's configuration.
        var versions: [String: Int]
        var hosts: [Host]
    }

    /// - Parameter others: every other file of the release.
    package static func file(_ release: Release, others: [OutputFile]) -> OutputFile {
        let manifest = Manifest(
            name: release.name, placement: release.placement, digest: digest(of: others),
            versions: [
                "model": Model.version, Engine.coordinator.rawValue: CoordinatorConfiguration.schemaVersion,
                Engine.failover.rawValue: FailoverConfiguration.schemaVersion,
                Engine.balancer.rawValue: BalancerConfiguration.schemaVersion,
                Engine.monitor.rawValue: MonitorConfiguration.schemaVersion,
            ],
            hosts: release.hosts.map {
                .init(name: $0.name, address: $0.address, zone: $0.zone, engines: $0.engines.map(\.rawValue))
            })
        return OutputFile(path: "release.json", contents: StableJSON.text(manifest))
    }

    /// SHA-256, as `sha256:` and hexadecimal digits, over the files sorted by path: of each the length of its path in
    /// bytes, the path, the length of its contents, the contents. The lengths (8 bytes, the highest first) keep two
    /// different releases from adding up to the same bytes.
    package static func digest(of files: [OutputFile]) -> String {
        var hash = SHA256()
        for file in files.sorted(by: { $0.path < $1.path }) {
            for text in [file.path, file.contents] {
                let bytes = Array(text.utf8)
                let length = UInt64(bytes.count)
                hash.update((0..<8).map { UInt8(truncatingIfNeeded: length >> (56 - 8 * $0)) })
                hash.update(bytes)
            }
        }
        return "sha256:" + hash.finish()
    }
}
