internal import Hagen

/// `hosts/HOST/etc/hagen/etcd.yaml`: what etcd 3.4, Debian 12's, reads by `--config-file`; it then heeds neither other
/// arguments nor its environment.
enum EtcdEmitter {
    static let folder = "\(HostFolders.state)/etcd"
    /// A store of leases has a few kilobytes; what is full takes no write until somebody makes room. Before 3.5 etcd does not
    /// count transactions within transactions, so that it never refuses Hagen's: an alert says when it is nearly full.
    private static let quotaByteCount = 1 << 30
    /// A commit has up to 128 swaps, each a transaction of its own within one.
    private static let operationsPerTransaction = 256
    /// A commit at every limit of the store's has a little more than 8 MiB.
    private static let requestByteCount = 10 << 20

    static func files(_ release: Release) -> [OutputFile] {
        guard release.placement == .declared else { return [] }
        return release.hosts.compactMap { host in
            host.etcd.map { OutputFile(path: "hosts/\(host.name)/etc/hagen/etcd.yaml", contents: text($0)) }
        }
    }

    static func text(_ member: EtcdMember) -> String {
        let clients = "\(member.scheme)://\(member.clients)"
        let peers = member.members.map { (name: $0.host, url: "\(member.scheme)://\($0.address)") }
        let own = peers.first { $0.name == member.host }?.url ?? ""
        let entries: [YAMLValue.Entry] =
            [
                .init("name", .text(member.host)),
                .init("data-dir", .text(folder + "/data")),
                .init("listen-client-urls", .text(clients)),
                .init("advertise-client-urls", .text(clients)),
                .init("listen-peer-urls", .text(own)),
                .init("initial-advertise-peer-urls", .text(own)),
                .init("listen-metrics-urls", .text("http://\(member.metrics)"), because: "On loopback: in clear."),
                .init(
                    "initial-cluster", .text(peers.map { "\($0.name)=\($0.url)" }.joined(separator: ",")),
                    because: "Heeded once, by a member without data."),
                .init("initial-cluster-state", "new"),
                .init("initial-cluster-token", .text("hagen-\(member.topology)")),
            ] + times(member) + limits + transport(member)
        return YAMLWriter.text(
            .mapping(entries),
            comment: "The store of topology \(member.topology): etcd's member on host \(member.host).")
    }

    private static func times(_ member: EtcdMember) -> [YAMLValue.Entry] {
        [
            .init("heartbeat-interval", .integer(milliseconds(member.heartbeat)), because: "Milliseconds."),
            .init("election-timeout", .integer(milliseconds(member.election))),
            .init(
                "pre-vote", .flag(true),
                because: "A member that comes back asks before it votes, so that it does not depose a healthy leader."),
            .init(
                "experimental-watch-progress-notify-interval", .integer(250_000_000),
                because: "Nanoseconds. Watchers learn that silence means that nothing changed."),
        ]
    }

    private static var limits: [YAMLValue.Entry] {
        [
            .init("auto-compaction-mode", "periodic", because: "What is overwritten is forgotten after so long."),
            .init("auto-compaction-retention", "10m"),
            .init("quota-backend-bytes", .integer(quotaByteCount)),
            .init("max-txn-ops", .integer(operationsPerTransaction), because: "A commit has up to 128 swaps."),
            .init("max-request-bytes", .integer(requestByteCount)),
            .init(
                "enable-grpc-gateway", .flag(true),
                because: "What Hagen talks to. Off by default where there is a file like this."),
            .init("enable-v2", .flag(false)),
            .init("logger", "zap"),
            .init("log-level", "warn"),
            .init("log-outputs", .list(["stderr"], .line)),
        ]
    }

    private static func transport(_ member: EtcdMember) -> [YAMLValue.Entry] {
        guard let tls = member.tls else { return [] }
        func path(_ name: String) -> YAMLValue { .text("/run/credentials/\(EtcdUnit.name)/\(name)") }
        let material: [YAMLValue.Entry] = [
            .init("cert-file", path(tls.certificate)), .init("key-file", path(tls.key)),
            .init("trusted-ca-file", path(tls.authority)), .init("client-cert-auth", .flag(true)),
        ]
        return [
            .init("client-transport-security", .mapping(material)),
            .init("peer-transport-security", .mapping(material)),
        ]
    }

    private static func milliseconds(_ duration: Duration) -> Int { Int(duration.nanoseconds / 1_000_000) }
}
