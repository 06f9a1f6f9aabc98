internal import Hagen

/// What one cluster needs to serve, host by host: which hosts count as members, which carry what else it depends on, and
/// how much of each must be there. A host with several tasks stands here once, so what it takes down together is lost
/// together.
struct ServiceStructure: Sendable {
    /// What hosts of one kind are for.
    struct Role: Hashable, Sendable {
        /// The flags that the host raises while it is up.
        var flags = 0
        /// The flags that it raises while it is down.
        var flagsWhenLost = 0
        /// Members on it; more than one for endpoints of one address.
        var members = 0
        var isStore = false
        /// Its member may be the active one, or serves in any case.
        var isCandidate = false
        /// A balancer's virtual IP may be on it.
        var carriesAddress = false
    }

    /// Hosts of one zone with the same role, which no figure tells apart.
    struct HostClass: Equatable, Sendable {
        var role: Role
        /// Sorted.
        var hosts: [String]
    }

    struct Zone: Equatable, Sendable {
        /// `nil` for the endpoints of an external workload: nobody says where they are, so they are taken to fail
        /// together.
        var name: String?
        var classes: [HostClass]

        var hostCount: Int { classes.reduce(0) { $0 + $1.hosts.count } }
        func count(_ value: (Role) -> Int) -> Int { classes.reduce(0) { $0 + $1.hosts.count * value($1.role) } }
    }

    /// Sorted by name.
    private(set) var zones: [Zone] = []
    /// How many members must be healthy.
    let requiredMembers: Int
    let memberCount: Int
    /// Flags that must be raised for the cluster to serve.
    private(set) var neededFlags = 0
    private(set) var flagCount = 0
    /// Raised where a member is lost; 0 where that alone never matters.
    private(set) var lostFlag = 0
    /// Members of the store that must be there for a takeover; 0 without a distributed store.
    private(set) var requiredStores = 0
    /// Members of the store, where the cluster needs it.
    private(set) var storeCount = 0
    /// Members count as healthy only while their workload is.
    let countsWorkloads: Bool
    /// `nil` where nobody takes over from anybody.
    let recovery: RecoveryTimes?
    private(set) var hasAddress = false

    /// - Parameters:
    ///   - zoneOfHost: of every host of the topology.
    ///   - storeHosts: sorted.
    ///   - balancers: those that lead clients to the cluster.
    /// - Returns: `nil` for a cluster without members, and where a host is not declared.
    init?(
        _ cluster: Model.Cluster, zoneOfHost: [String: String], storeHosts: [String],
        balancers: [Model.Balancer]
    ) {
        countsWorkloads = cluster.kind != .activePassive || !cluster.needsLease
        recovery = cluster.recoveryTimes
        requiredMembers = cluster.requiredMembers
        var roles: [String: Role] = [:]
        var external: [String: Role] = [:]
        if case .external(let endpoints) = cluster.workload {
            for endpoint in Set(endpoints) {
                let address = SocketAddress(endpoint).map { $0.address.description } ?? endpoint
                external[address, default: Role()].members += 1
            }
            memberCount = Set(endpoints).count
        } else {
            for host in Set(cluster.members.map(\.host)) { roles[host] = Role(members: 1) }
            for host in cluster.candidateHosts { roles[host]?.isCandidate = true }
            memberCount = roles.count
        }
        guard memberCount > 0 else { return nil }
        addBalancers(Dictionary(grouping: balancers) { $0.target.role.followed(in: cluster) }, to: &roles)
        let candidates = cluster.candidateHosts
        if recovery != nil, candidates.count < memberCount { raiseFlag(of: candidates, in: &roles) }
        // A store without hosts is a rule's finding.
        if cluster.needsLease, !storeHosts.isEmpty {
            storeCount = storeHosts.count
            for host in storeHosts { roles[host, default: Role()].isStore = true }
            requiredStores = storeQuorum(of: storeHosts.count)
            lostFlag = 1 << flagCount
            flagCount += 1
            for host in Set(cluster.members.map(\.host)) { roles[host]?.flagsWhenLost = lostFlag }
        }
        guard roles.keys.allSatisfy({ zoneOfHost[$0] != nil }) else { return nil }
        zones = Self.zones(Dictionary(grouping: roles) { zoneOfHost[$0.key] })
        zones += Self.zones(external.isEmpty ? [:] : [nil: Array(external)])
    }

    /// Balancers that lead to the same target stand in for each other, one on each host or one in each zone: clients need
    /// one host of them all. A set of hosts that contains another one is up whenever that one is, so that no target raises
    /// a flag for nothing.
    private mutating func addBalancers(
        _ balancers: [Model.Target.Role: [Model.Balancer]], to roles: inout [String: Role]
    ) {
        // Without the standbys' balancers the cluster still does what it is for.
        let needed = balancers.filter { $0.key != .standbys }.values
        let sets = needed.map { Set($0.flatMap(\.hosts)) }
            .filter { !$0.isEmpty }.map { (hosts: $0, names: $0.sorted()) }
            .sorted {
                $0.names.count == $1.names.count
                    ? $0.names.lexicographicallyPrecedes($1.names) : $0.names.count < $1.names.count
            }
        var counted: [Set<String>] = []
        for set in sets where !counted.contains(where: { $0.isSubset(of: set.hosts) }) {
            counted.append(set.hosts)
            raiseFlag(of: set.names, in: &roles)
        }
        for balancer in needed.joined() where !balancer.virtualIPs.isEmpty && Set(balancer.hosts).count > 1 {
            hasAddress = true
            for host in balancer.hosts { roles[host, default: Role()].carriesAddress = true }
        }
    }

    private mutating func raiseFlag(of hosts: [String], in roles: inout [String: Role]) {
        for host in hosts { roles[host, default: Role()].flags |= 1 << flagCount }
        neededFlags |= 1 << flagCount
        flagCount += 1
    }

    private static func zones(_ roles: [String?: [(key: String, value: Role)]]) -> [Zone] {
        roles.map { name, hosts in
            let classes = Dictionary(grouping: hosts, by: \.value).map { role, hosts in
                HostClass(role: role, hosts: hosts.map(\.key).sorted())
            }
            return Zone(name: name, classes: classes.sorted { ($0.hosts.first ?? "") < ($1.hosts.first ?? "") })
        }
        .sorted { ($0.name ?? "") < ($1.name ?? "") }
    }

    func serves(_ entry: HealthDistribution.Entry) -> Bool {
        entry.flags & neededFlags == neededFlags && entry.members >= requiredMembers
            && (requiredStores == 0 || entry.stores >= requiredStores || entry.flags & lostFlag == 0)
    }
}
