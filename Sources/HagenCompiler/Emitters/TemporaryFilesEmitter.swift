package import Hagen

/// `hosts/HOST/usr/lib/tmpfiles.d/hagen.conf`: who may read the configurations and the credentials, which may be
/// secret, and the parents of the engines' own folders.
package enum TemporaryFilesEmitter {
    /// One file a credential, named like it.
    static let credentials = "/etc/hagen/credentials"

    package static func files(_ release: Release) -> [OutputFile] {
        guard release.placement == .declared else { return [] }
        let group = EngineUnit.group
        return release.hosts.filter { !$0.engines.isEmpty }.map { host in
            var lines = [
                "d /etc/hagen 0750 root \(group) -",
                "d \(credentials) 0700 root root -",
                "d \(HostFolders.runtime) 0755 root root -",
                "d \(HostFolders.state) 0755 root root -",
            ]
            lines += host.engines.map { "z /etc/hagen/\($0.rawValue).json 0640 root \(group) -" }
            if host.etcd != nil { lines.append("z /etc/hagen/etcd.yaml 0640 root \(group) -") }
            return OutputFile(
                path: "hosts/\(host.name)/usr/lib/tmpfiles.d/hagen.conf",
                contents: lines.joined(separator: "\n") + "\n")
        }
    }
}
