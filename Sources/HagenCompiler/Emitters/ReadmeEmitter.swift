package import Hagen
internal import HagenTemplates
internal import Mustache

/// `README.md`: the release in words, for the person who is called at night.
package enum ReadmeEmitter {
    package static func file(_ release: Release) -> OutputFile {
        let page = ReadmePage(release)
        do {
            let template = try MustacheTemplate(string: Templates.release)
            return OutputFile(path: "README.md", contents: template.render(page))
        } catch {
            preconditionFailure("the template of a release's README cannot be read: \(error)")
        }
    }
}

/// What the template names, in its order.
struct ReadmePage {
    /// How the release gets onto its hosts. The lab's needs no such words.
    struct Install {
        var daemon: String
        /// One sentence each.
        var packages: [String]
        /// One sentence a secret.
        var credentials: [String]
        /// There are agents, which can be replaced under their workloads.
        var hasAgents: Bool
        /// The store has several members, which start together.
        var waits: Bool
    }
    struct Host {
        var name, address, zone, runs: String
    }
    struct Listener {
        var name, wireProtocol, places, leads: String
    }
    struct Loss {
        var host: String
        var effects: [String]
    }
    struct Time {
        var cluster, lost, happens, within: String
    }

    let name, introduction: String
    let install: Install?
    let hosts: [Host]
    let listeners: [Listener]
    let losses: [Loss]
    let times: [Time]
    /// The store is etcd.
    let storeAlerts: Bool
    let enforcement: Enforcement?

    init(_ release: Release) {
        let overview = TopologyOverview(release)
        name = release.name
        storeAlerts = release.hosts.contains { $0.etcd != nil }
        introduction = Self.introduction(release, overview)
        install = release.placement == .declared ? Self.install(release) : nil
        hosts = release.hosts.map {
            Host(name: $0.name, address: $0.address, zone: Self.cell($0.zone), runs: Self.runs($0))
        }
        listeners = Self.listeners(release, overview)
        losses = overview.hosts.map { host in
            let effects = LossEffect.all(ofLosing: .host(host.name), overview)
            return Loss(
                host: host.name,
                effects: effects.isEmpty ? ["Nothing changes: nothing runs on it."] : effects.map(\.sentence))
        }
        times = overview.clusters.flatMap { Self.times($0, overview) } + Self.addressTimes(overview)
        enforcement = Self.enforcement(release)
    }

    private static func introduction(_ release: Release, _ overview: TopologyOverview) -> String {
        let zones = Set(release.hosts.map(\.zone)).count
        let sizes = [
            count(release.hosts.count, "host"), count(zones, "zone"), count(overview.clusters.count, "cluster"),
            count(overview.balancers.count, "balancer"),
        ]
        let place =
            release.placement == .loopback
            ? " It is placed on one machine, every host with a loopback address of its own." : ""
        return "\(sizes[0]) in \(sizes[1]), \(sizes[2]), \(sizes[3]).\(place)"
    }

    private static func install(_ release: Release) -> Install {
        // Every monitor has the same receivers.
        let monitor = release.hosts.lazy.compactMap(\.monitor).first
        let credentials = (monitor?.receivers ?? []).compactMap { receiver -> (name: String, receiver: String)? in
            guard case .webhook(.credential(let credential)) = receiver.channel else { return nil }
            return (credential.name, receiver.name)
        }
        let names = Set(credentials.map(\.name)).sorted()
        return Install(
            daemon: EngineUnit.daemon, packages: packages(release),
            credentials: storeCredentials(release) + agentKey(release)
                + fencingCredentials(release)
                + names.map { name in
                    let receivers = credentials.filter { $0.name == name }.map(\.receiver)
                    return
                        "Write the credential `\(name)`, in one line the webhook's address of \(receivers.joined(separator: ", ")), "
                        + "to `\(TemporaryFilesEmitter.credentials)/\(name)`, owned by root, with mode 0600."
                }, hasAgents: release.hosts.contains { $0.failover != nil },
            waits: release.hosts.count { $0.etcd != nil } > 1)
    }

    private static func fencingCredentials(_ release: Release) -> [String] {
        Set(release.hosts.flatMap { $0.failover?.fencingCredentials ?? [] }).sorted().map { name in
            "Write the credential `\(name)`, in one line what a fence agent is told in its place, to "
                + "`\(TemporaryFilesEmitter.credentials)/\(name)`, owned by root, with mode 0600."
        }
    }

    private static func agentKey(_ release: Release) -> [String] {
        let keys = release.hosts.lazy.compactMap { $0.failover?.heartbeat?.key ?? $0.balancer?.agents?.key }
        guard let key = keys.first else { return [] }
        return [
            "Write the credential `\(key)`, one and the same on every host (`openssl rand -hex 32` makes one), to "
                + "`\(TemporaryFilesEmitter.credentials)/\(key)`, owned by root, with mode 0600: the agents, and the "
                + "balancers that ask them, authenticate their messages with it."
        ]
    }

    private static func packages(_ release: Release) -> [String] {
        func hosts(_ isMeant: (Release.HostPart) -> Bool) -> String {
            release.hosts.filter(isMeant).map(\.name).joined(separator: ", ")
        }
        func hosts(withCluster isMeant: (FailoverConfiguration.Cluster) -> Bool) -> String {
            hosts { $0.failover?.clusters.contains(where: isMeant) ?? false }
        }
        let needs = [
            (
                hosts { $0.etcd != nil },
                ", the members of the store: install Debian's `etcd-server`. Its own service does not start any more "
                    + "once the files are there."
            ),
            (
                hosts(withCluster: { $0.fencing.contains(where: \.isAgent) }),
                ", which end other hosts: install Debian's `fence-agents`."
            ),
            (hosts(withCluster: \.workload.kind.isResourceAgent), ": install Debian's `resource-agents`."),
        ]
        return needs.filter { !$0.0.isEmpty }.map { "On \($0)\($1)" }
    }

    private static func storeCredentials(_ release: Release) -> [String] {
        guard let tls = release.hosts.lazy.compactMap(\.etcd?.tls).first else { return [] }
        let folder = TemporaryFilesEmitter.credentials
        return [
            "For the store's TLS write three files in PEM to `\(folder)`, owned by root, with mode 0600: "
                + "`\(tls.authority)`, the certificates of the authority that signs the hosts' certificates; "
                + "`\(tls.certificate)`, the host's own, for its address and for use as server and as client; "
                + "`\(tls.key)`, its key."
        ]
    }

    private static func runs(_ host: Release.HostPart) -> String {
        var parts: [String] = []
        if host.coordinator != nil { parts.append("the store") }
        if host.etcd != nil { parts.append("a member of the store (etcd)") }
        parts += (host.failover?.clusters ?? []).map { "a member of \($0.name) (\($0.mode.rawValue))" }
        parts += (host.balancer?.listeners ?? []).map { "balancer \($0.name)" }
        if host.monitor != nil { parts.append("the monitor") }
        return parts.isEmpty ? "nothing" : parts.joined(separator: ", ")
    }

    private static func listeners(_ release: Release, _ overview: TopologyOverview) -> [Listener] {
        var listeners = overview.balancers.map { balancer in
            let role = balancer.roleName
            return Listener(
                name: "balancer \(balancer.name)", wireProtocol: balancer.wireProtocol.rawValue,
                places: balancer.places.map { "\($0.address) (\($0.host))" }.joined(separator: ", "),
                leads: (role.isEmpty ? balancer.cluster : "\(balancer.cluster).\(role)")
                    + " by \(balancer.strategy.rawValue)")
        }
        for cluster in overview.clusters where cluster.members.contains(where: { $0.port != nil }) {
            listeners.append(
                Listener(
                    name: "cluster \(cluster.name)", wireProtocol: "its own",
                    places: cluster.members.map { "\($0.place) (\($0.host))" }.joined(separator: ", "),
                    leads: cell(cluster.program)))
        }
        let monitors = release.hosts.compactMap { host in host.monitor.map { "\($0.listen) (\(host.name))" } }
        if !monitors.isEmpty {
            listeners.append(
                Listener(
                    name: "monitor", wireProtocol: "http", places: monitors.joined(separator: ", "), leads: "/metrics"))
        }
        listeners += agents(release)
        let members = release.hosts.compactMap(\.etcd)
        if let member = members.first {
            listeners.append(
                Listener(
                    name: "store", wireProtocol: member.scheme,
                    places: members.map { "\($0.clients) (\($0.host))" }.joined(separator: ", "),
                    leads: "leases of the failover clusters"))
            listeners.append(
                Listener(
                    name: "store, among its members", wireProtocol: member.scheme,
                    places: member.members.map { "\($0.address) (\($0.host))" }.joined(separator: ", "),
                    leads: "the other members"))
        }
        let store = release.coordinator ?? release.hosts.lazy.compactMap(\.coordinator).first
        if let store {
            listeners.append(
                Listener(
                    name: "store", wireProtocol: "http", places: "\(store.listen) (\(store.host))",
                    leads: "leases of the failover clusters"))
        }
        return listeners
    }

    private static func agents(_ release: Release) -> [Listener] {
        let heartbeats = release.hosts.compactMap { host in host.failover?.heartbeat.map { (host.name, $0) } }
        guard !heartbeats.isEmpty else { return [] }
        let followers = Set(heartbeats.flatMap { $0.1.followers.map(\.host) }).sorted()
        let askers =
            followers.isEmpty
            ? ""
            : ", and the balancers of \(followers.joined(separator: ", ")), which are answered at the port they ask from"
        return [
            Listener(
                name: "failover agents", wireProtocol: "udp",
                places: heartbeats.map { "\($0.1.listen) (\($0.0))" }.joined(separator: ", "),
                leads: "the other members' agents\(askers)")
        ]
    }

    /// Text of a team's own in a table.
    private static func cell(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("|", with: "\\|").replacing("\n", with: " ")
    }

    static func count(_ number: Int, _ noun: String) -> String { number == 1 ? "1 \(noun)" : "\(number) \(noun)s" }
}
