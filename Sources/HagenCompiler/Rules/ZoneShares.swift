internal import Hagen

/// How the members of a cluster lie over zones: those whose host is declared, each host once.
struct ZoneShares {
    struct Share {
        var zone: String
        var hosts: [Model.Host]
        var count: Int { hosts.count }
    }
    /// By the name of the zone.
    let shares: [Share]

    init(of cluster: Model.Cluster, _ context: RuleContext) {
        let hosts = Set(cluster.members.map(\.host)).sorted().compactMap(context.host(named:))
        shares = Dictionary(grouping: hosts, by: \.zone).sorted { $0.key < $1.key }
            .map { Share(zone: $0.key, hosts: $0.value) }
    }

    /// Of zones.
    var count: Int { shares.count }
    /// Of members.
    var total: Int { shares.reduce(0) { $0 + $1.count } }
    /// Of zones with equally many members, the first by name.
    var largest: Share? { shares.max { ($0.count, $1.zone) < ($1.count, $0.zone) } }

    /// `2 in 'eu-1a', 1 in 'eu-1b'`, of six zones at most.
    var text: String {
        shares.prefix(6).map { "\($0.count) in '\($0.zone)'" }.joined(separator: ", ") + (count > 6 ? ", …" : "")
    }
}
