internal import Hagen

/// Where everything stands in the graph of a topology.
struct GraphLayout {
    struct Zone {
        var name: String
        var box: SVGDocument.Box
    }
    struct Host {
        struct Entry {
            var text: String
            /// Index of the cluster whose colour it has.
            var cluster: Int?
        }
        var part: TopologyOverview.Host
        var box: SVGDocument.Box
        var entries: [Entry]
    }
    struct Arrow {
        var start, end: SVGDocument.Point
        var cluster: Int
    }

    static let margin = 32
    static let boxWidth = 196
    static let boxHeight = 68
    static let boxGap = 28
    static let hostWidth = 172
    static let hostGap = 16
    static let hostHead = 50
    static let rowHeight = 24
    static let zonePadding = 16
    static let zoneGap = 24
    /// Between two rows: room for arrows, the more of them the more room.
    private static func rowGap(arrows: Int) -> Int { min(60 + 3 * arrows, 200) }

    let width, height: Int
    let balancers: [(TopologyOverview.Balancer, SVGDocument.Box)]
    let clusters: [(TopologyOverview.Cluster, SVGDocument.Box)]
    let zones: [Zone]
    let hosts: [Host]
    let arrows: [Arrow]

    init(_ overview: TopologyOverview) {
        let names = overview.clusters.map(\.name)
        let sortedBalancers = overview.balancers.sorted {
            let (left, right) = (names.firstIndex(of: $0.cluster), names.firstIndex(of: $1.cluster))
            return (left ?? 0, $0.name) < (right ?? 0, $1.name)
        }
        let zoneNames = Set(overview.hosts.map(\.zone)).sorted()
        let hostRow =
            overview.hosts.count * Self.hostWidth + max(overview.hosts.count - zoneNames.count, 0) * Self.hostGap
            + zoneNames.count * 2 * Self.zonePadding + max(zoneNames.count - 1, 0) * Self.zoneGap
        let rows = [hostRow, Self.rowWidth(sortedBalancers.count), Self.rowWidth(names.count), 420]
        let inner = rows.max() ?? 0
        width = inner + 2 * Self.margin

        var top = 60
        balancers = Self.row(sortedBalancers, top: top, inner: inner)
        if !balancers.isEmpty { top += Self.boxHeight + Self.rowGap(arrows: balancers.count) }
        clusters = Self.row(overview.clusters, top: top, inner: inner)
        if !clusters.isEmpty {
            top += Self.boxHeight + Self.rowGap(arrows: overview.clusters.reduce(0) { $0 + $1.members.count })
        }

        let entries = overview.hosts.map { Self.entries(of: $0, overview) }
        let hostHeight = Self.hostHead + max(entries.map(\.count).max() ?? 0, 1) * Self.rowHeight + 4
        var zones: [Zone] = []
        var hosts: [Host] = []
        var x = Self.margin + (inner - hostRow) / 2
        for zone in zoneNames {
            let start = x
            x += Self.zonePadding
            for (part, entries) in zip(overview.hosts, entries) where part.zone == zone {
                let box = SVGDocument.Box(
                    x: x, y: top + Self.zonePadding, width: Self.hostWidth, height: hostHeight)
                hosts.append(Host(part: part, box: box, entries: entries))
                x += Self.hostWidth + Self.hostGap
            }
            x += Self.zonePadding - Self.hostGap
            zones.append(
                Zone(
                    name: zone,
                    box: .init(x: start, y: top, width: x - start, height: hostHeight + Self.zonePadding + 34)))
            x += Self.zoneGap
        }
        self.zones = zones
        self.hosts = hosts
        height = top + hostHeight + Self.zonePadding + 34 + 40
        arrows = Self.arrows(balancers: balancers, clusters: clusters, hosts: hosts)
    }

    private static func rowWidth(_ count: Int) -> Int { count * boxWidth + max(count - 1, 0) * boxGap }

    private static func row<Part>(_ parts: [Part], top: Int, inner: Int) -> [(Part, SVGDocument.Box)] {
        let start = margin + (inner - rowWidth(parts.count)) / 2
        return parts.enumerated().map { index, part in
            (part, .init(x: start + index * (boxWidth + boxGap), y: top, width: boxWidth, height: boxHeight))
        }
    }

    private static func entries(of host: TopologyOverview.Host, _ overview: TopologyOverview) -> [Host.Entry] {
        var entries: [Host.Entry] = []
        for index in host.clusters {
            let cluster = overview.clusters[index]
            guard let place = cluster.members.firstIndex(where: { $0.host == host.name }) else { continue }
            let port = cluster.members[place].port.map { " :\($0)" } ?? ""
            let isOrdered = cluster.model.kind == .activePassive
            let text =
                if isOrdered, cluster.neverActive.contains(host.name) {
                    "\(cluster.name), never active"
                } else {
                    cluster.name + port + (isOrdered ? " #\(place + 1)" : "")
                }
            entries.append(.init(text: text, cluster: index))
        }
        for index in host.balancers {
            entries.append(.init(text: "balancer \(overview.balancers[index].name)", cluster: nil))
        }
        if host.runsStore { entries.append(.init(text: "store", cluster: nil)) }
        return entries
    }

    /// Arrows at one box stand side by side, in the order of what is at their other end.
    private static func arrows(
        balancers: [(TopologyOverview.Balancer, SVGDocument.Box)],
        clusters: [(TopologyOverview.Cluster, SVGDocument.Box)], hosts: [Host]
    ) -> [Arrow] {
        var arrows: [Arrow] = []
        for (index, (cluster, box)) in clusters.enumerated() {
            let sources = balancers.filter { $0.0.cluster == cluster.name }.map(\.1)
            for (place, source) in sources.enumerated() {
                arrows.append(
                    Arrow(
                        start: .init(x: source.middle, y: source.bottom),
                        end: .init(x: spread(place, of: sources.count, over: box), y: box.y), cluster: index))
            }
        }
        for (row, host) in hosts.enumerated() {
            let sources = clusters.enumerated().filter { _, cluster in
                cluster.0.members.contains { $0.host == host.part.name }
            }
            for (place, source) in sources.enumerated() {
                let (cluster, box) = source.element
                let earlier = hosts[..<row].count { other in
                    cluster.members.contains { $0.host == other.part.name }
                }
                arrows.append(
                    Arrow(
                        start: .init(x: spread(earlier, of: cluster.members.count, over: box), y: box.bottom),
                        end: .init(x: spread(place, of: sources.count, over: host.box), y: host.box.y),
                        cluster: source.offset))
            }
        }
        return arrows
    }

    private static func spread(_ place: Int, of count: Int, over box: SVGDocument.Box) -> Int {
        box.x + box.width * (place + 1) / (count + 1)
    }
}
