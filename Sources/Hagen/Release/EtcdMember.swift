/// One host's member of the store, where that is etcd. What etcd itself reads is written from it.
package struct EtcdMember: Codable, Equatable, Sendable {
    /// The topology's name; a member refuses peers of another one.
    package var topology: String
    package var host: String
    /// Where its clients reach it.
    package var clients: SocketAddress
    /// Where it serves `/metrics`, in clear and to its own host.
    package var metrics: SocketAddress
    /// Every member by its host, this one included, and where its peers reach it; sorted by host.
    package var members: [HostAddress]
    /// Between two heartbeats of the leader.
    @DurationText package var heartbeat: Duration
    /// How long a member waits for the leader before it calls an election.
    @DurationText package var election: Duration
    /// `nil`: in clear, to clients and to peers.
    package var tls: StoreAddress.TLS?

    package init(
        topology: String, host: String, clients: SocketAddress, metrics: SocketAddress, members: [HostAddress],
        heartbeat: Duration, election: Duration, tls: StoreAddress.TLS?
    ) {
        self.topology = topology
        self.host = host
        self.clients = clients
        self.metrics = metrics
        self.members = members
        self.heartbeat = heartbeat
        self.election = election
        self.tls = tls
    }

    /// Its URLs begin with it.
    package var scheme: String { tls == nil ? "http" : "https" }
}

extension StoreAddress.TLS {
    /// The names are the same in every topology: what they hold is the host's own.
    package static let ofHosts = Self(
        authority: "hagen-store-authority", certificate: "hagen-store-certificate", key: "hagen-store-key")

    /// Sorted.
    package var names: [String] { [authority, certificate, key].sorted() }
}
