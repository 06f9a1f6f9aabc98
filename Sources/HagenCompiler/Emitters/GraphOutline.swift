internal import Hagen

/// The graph before it has places: what the forms have in common that others lay out.
///
/// Identifiers are numbers in the order of the names, so no name can be mistaken for a word of a form.
struct GraphOutline {
    struct Node {
        var id: String
        /// The name first. Each is cut to a length that fits a box.
        var lines: [String]
        /// Index of the cluster whose colour it has.
        var cluster: Int?
    }
    struct Zone {
        var id: String
        var title: String
        var hosts: [Node]
    }
    struct Edge {
        var from, to: String
        /// May be empty.
        var text: String
        /// To a member that never becomes active.
        var isDashed: Bool
        /// Index of the cluster whose colour it has.
        var cluster: Int
    }

    let title: String
    let balancers: [Node]
    let clusters: [Node]
    let zones: [Zone]
    let edges: [Edge]

    init(_ overview: TopologyOverview) {
        title = Self.cut(overview.name)
        balancers = overview.balancers.enumerated().map { Node(id: "b\($0)", lines: Self.lines(of: $1)) }
        clusters = overview.clusters.enumerated().map { Node(id: "c\($0)", lines: Self.lines(of: $1), cluster: $0) }
        let hosts = overview.hosts.enumerated().map { index, host in
            (zone: host.zone, node: Node(id: "h\(index)", lines: Self.lines(of: host, overview)))
        }
        let byZone = Dictionary(grouping: hosts, by: \.zone)
        zones = byZone.keys.sorted().enumerated().map { index, zone in
            Zone(id: "z\(index)", title: Self.cut("zone \(zone)"), hosts: (byZone[zone] ?? []).map(\.node))
        }
        edges = Self.edges(overview)
    }

    private static func lines(of balancer: TopologyOverview.Balancer) -> [String] {
        let ports = Set(balancer.places.map(\.address.port)).sorted().map { ":\($0)" }
        return lines([
            balancer.name, ([balancer.wireProtocol.rawValue] + ports).joined(separator: " "),
            balancer.strategy.rawValue, virtual(balancer.virtualIPs),
        ])
    }

    private static func lines(of cluster: TopologyOverview.Cluster) -> [String] {
        let port = cluster.members.lazy.compactMap(\.port).first.map { " :\($0)" } ?? ""
        return lines([
            cluster.name, cluster.mode + (cluster.lease.map { ", lease \($0.duration.text)" } ?? ""),
            cluster.isExternal ? cluster.endpoints.joined(separator: ", ") : cluster.program + port,
            virtual(cluster.model.virtualIPs.map(\.address)),
        ])
    }

    private static func lines(of host: TopologyOverview.Host, _ overview: TopologyOverview) -> [String] {
        let most = 4
        let count = host.balancers.count
        var balancers = host.balancers.prefix(count > most ? most - 1 : most).map {
            "balancer \(overview.balancers[$0].name)"
        }
        if count > most { balancers.append("\(count - balancers.count) more balancers") }
        return lines([host.name, host.address] + balancers + (host.runsStore ? ["store"] : []))
    }

    private static func virtual(_ addresses: [String]) -> String {
        addresses.isEmpty ? "" : "virtual \(addresses.joined(separator: ", "))"
    }

    private static func lines(_ texts: [String]) -> [String] { texts.filter { !$0.isEmpty }.map(cut) }

    private static func cut(_ text: String) -> String {
        let limit = 40
        // What a name is made of is looked at no further than it is shown.
        let shown = text.unicodeScalars.prefix(limit * 4)
        let line = String(String.UnicodeScalarView(shown)).map { $0.isNewline || $0 == "\t" ? " " : $0 }
        let clean = ReportEmitter.visible(String(line))
        return clean.count <= limit && shown.endIndex == text.endIndex ? clean : clean.prefix(limit - 1) + "…"
    }

    private static func edges(_ overview: TopologyOverview) -> [Edge] {
        let hostIds = Dictionary(
            overview.hosts.enumerated().map { ($1.name, "h\($0)") }, uniquingKeysWith: { first, _ in first })
        var edges: [Edge] = []
        for (index, cluster) in overview.clusters.enumerated() {
            for balancer in cluster.balancers {
                edges.append(
                    Edge(
                        from: "b\(balancer)", to: "c\(index)", text: overview.balancers[balancer].roleName,
                        isDashed: false, cluster: index))
            }
        }
        for (index, cluster) in overview.clusters.enumerated() {
            let isOrdered = cluster.model.kind == .activePassive
            for (place, member) in cluster.members.enumerated() {
                guard let host = hostIds[member.host] else { continue }
                let isLeftOut = isOrdered && cluster.neverActive.contains(member.host)
                edges.append(
                    Edge(
                        from: "c\(index)", to: host,
                        text: isLeftOut ? "never active" : isOrdered ? ordinal(place + 1) : "", isDashed: isLeftOut,
                        cluster: index))
            }
        }
        return edges
    }

    /// A member's place in the order in which members become active.
    private static func ordinal(_ number: Int) -> String {
        let ending =
            switch (number % 100, number % 10) {
            case (11...13, _): "th"
            case (_, 1): "st"
            case (_, 2): "nd"
            case (_, 3): "rd"
            default: "th"
            }
        return "\(number)\(ending)"
    }
}
