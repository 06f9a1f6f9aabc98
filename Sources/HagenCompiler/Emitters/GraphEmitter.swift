package import Hagen

/// `graph.svg`: three rows, read from above: balancers, clusters, and the hosts in their zones. Arrows run only in the
/// two gaps between the rows, so they never cross a box.
package enum GraphEmitter {
    package static func file(_ release: Release) -> OutputFile {
        OutputFile(path: "graph.svg", contents: svg(TopologyOverview(release)))
    }

    package static func svg(_ overview: TopologyOverview) -> String {
        let layout = GraphLayout(overview)
        var drawing = SVGDocument(width: layout.width, height: layout.height, title: "The topology \(overview.name)")
        drawing.text(
            overview.name, at: .init(x: GraphLayout.margin, y: 34), size: 18, weight: .bold,
            limit: layout.width - 2 * GraphLayout.margin)
        for index in layout.clusters.indices { drawing.marker("to-\(index)", fill: colour(index).stroke) }
        draw(zonesOf: layout, in: &drawing)
        draw(arrowsOf: layout, in: &drawing)
        draw(balancersOf: layout, in: &drawing)
        draw(clustersOf: layout, in: &drawing)
        for host in layout.hosts { draw(host, layout, in: &drawing) }
        drawing.text(
            "A number at a member is its place in the order in which members become active.",
            at: .init(x: GraphLayout.margin, y: layout.height - 14), size: 11, fill: muted,
            limit: layout.width - 2 * GraphLayout.margin)
        return drawing.text()
    }

    private static let muted = "#52606d"

    /// Dark enough to be told apart on white; after the last they begin again.
    static func colour(_ cluster: Int) -> (stroke: String, fill: String) {
        let colours = [
            ("#1f5fa8", "#e8f1fb"), ("#a8481f", "#fbeee8"), ("#2b7a3f", "#e9f6ec"), ("#7a3fa0", "#f4ecf9"),
            ("#8a6d00", "#fbf6e0"), ("#0f7173", "#e4f5f5"), ("#a02c5d", "#fbe9f1"), ("#4a5568", "#edf0f4"),
        ]
        return colours[cluster % colours.count]
    }

    private static func draw(zonesOf layout: GraphLayout, in drawing: inout SVGDocument) {
        for zone in layout.zones {
            drawing.rectangle(zone.box, fill: "#f7f9fb", stroke: "#b8c4ce", radius: 8, dashed: true)
            drawing.text(
                "zone \(zone.name)", at: .init(x: zone.box.x + 12, y: zone.box.bottom - 10), size: 11, fill: muted,
                limit: zone.box.width - 24)
        }
    }

    private static func draw(arrowsOf layout: GraphLayout, in drawing: inout SVGDocument) {
        for arrow in layout.arrows {
            drawing.arrow(
                from: arrow.start, to: arrow.end, stroke: colour(arrow.cluster).stroke, marker: "to-\(arrow.cluster)")
        }
    }

    private static func draw(balancersOf layout: GraphLayout, in drawing: inout SVGDocument) {
        for (balancer, box) in layout.balancers {
            let ports = Set(balancer.places.map(\.address.port)).sorted().map { ":\($0)" }.joined(separator: " ")
            let role = balancer.roleName
            drawing.rectangle(box, fill: "#ffffff", stroke: "#1f2933")
            let (x, limit) = (box.x + 12, box.width - 24)
            drawing.text(balancer.name, at: .init(x: x, y: box.y + 22), size: 13, weight: .bold, limit: limit)
            drawing.text(
                "\(balancer.wireProtocol.rawValue) \(ports)\(virtual(balancer.virtualIPs))",
                at: .init(x: x, y: box.y + 40), limit: limit)
            drawing.text(
                role.isEmpty ? balancer.strategy.rawValue : "\(role) only, \(balancer.strategy.rawValue)",
                at: .init(x: x, y: box.y + 56), size: 11, fill: muted, limit: limit)
        }
    }

    private static func draw(clustersOf layout: GraphLayout, in drawing: inout SVGDocument) {
        for (index, (cluster, box)) in layout.clusters.enumerated() {
            let colour = colour(index)
            drawing.rectangle(box, fill: colour.fill, stroke: colour.stroke)
            let (x, limit) = (box.x + 12, box.width - 24)
            let lease = cluster.lease.map { ", lease \($0.duration.text)" } ?? ""
            drawing.text(cluster.name, at: .init(x: x, y: box.y + 22), size: 13, weight: .bold, limit: limit)
            drawing.text(
                cluster.mode + lease, at: .init(x: x, y: box.y + 40), limit: limit)
            drawing.text(
                (cluster.isExternal ? cluster.endpoints.joined(separator: ", ") : cluster.program)
                    + virtual(cluster.model.virtualIPs.map(\.address)),
                at: .init(x: x, y: box.y + 56), size: 11, fill: muted, limit: limit)
        }
    }

    private static func virtual(_ addresses: [String]) -> String {
        addresses.isEmpty ? "" : " at \(addresses.joined(separator: ", "))"
    }

    private static func draw(_ host: GraphLayout.Host, _ layout: GraphLayout, in drawing: inout SVGDocument) {
        let box = host.box
        drawing.rectangle(box, fill: "#ffffff", stroke: "#52606d")
        let (x, limit) = (box.x + 12, box.width - 24)
        drawing.text(host.part.name, at: .init(x: x, y: box.y + 22), size: 13, weight: .bold, limit: limit)
        drawing.text(host.part.address, at: .init(x: x, y: box.y + 38), size: 11, fill: muted, limit: limit)
        for (row, entry) in host.entries.enumerated() {
            let chip = SVGDocument.Box(
                x: box.x + 8, y: box.y + GraphLayout.hostHead + row * GraphLayout.rowHeight, width: box.width - 16,
                height: GraphLayout.rowHeight - 4)
            let colour = entry.cluster.map(colour) ?? (stroke: "#cbd5de", fill: "#f7f9fb")
            drawing.rectangle(chip, fill: colour.fill, stroke: colour.stroke, radius: 4)
            drawing.text(
                entry.text, at: .init(x: chip.x + 8, y: chip.y + 14), size: 11, limit: chip.width - 16)
        }
    }
}
