/// The graph in the language of Graphviz: balancers above clusters above the hosts, which stand in their zones.
package enum DOTEmitter {
    package static func text(_ overview: TopologyOverview) -> String {
        let outline = GraphOutline(overview)
        var lines = [
            "digraph topology {",
            "  graph [label=\(DOTString([outline.title])), labelloc=t, labeljust=l, fontname=\"\(font)\", fontsize=16, fontcolor=\"#1f2933\", ranksep=0.9, nodesep=0.35, pad=0.3]",
            "  node [shape=box, style=\"rounded,filled\", fillcolor=\"#ffffff\", color=\"#52606d\", fontname=\"\(font)\", fontsize=11, fontcolor=\"#1f2933\", margin=\"0.18,0.1\"]",
            "  edge [fontname=\"\(font)\", fontsize=9, fontcolor=\"#52606d\", arrowsize=0.7]",
        ]
        lines += outline.balancers.map { "  " + node($0) }
        lines += outline.clusters.map { "  " + node($0) }
        for zone in outline.zones {
            // Graphviz draws a frame only around subgraphs whose name begins like this.
            lines += [
                "  subgraph cluster_\(zone.id) {",
                "    graph [label=\(DOTString([zone.title])), labelloc=b, labeljust=l, fontsize=11, fontcolor=\"#52606d\", style=\"rounded,dashed,filled\", fillcolor=\"#f7f9fb\", color=\"#b8c4ce\", margin=14]",
            ]
            lines += zone.hosts.map { "    " + node($0) }
            lines.append("  }")
        }
        lines += outline.edges.map { "  " + edge($0) }
        return (lines + ["}"]).joined(separator: "\n") + "\n"
    }

    private static let font = "Helvetica,Arial,sans-serif"

    private static func node(_ node: GraphOutline.Node) -> String {
        let colour = node.cluster.map(GraphEmitter.colour)
        let colours = colour.map { ", fillcolor=\"\($0.fill)\", color=\"\($0.stroke)\"" } ?? ""
        return "\(node.id) [label=\(DOTString(node.lines))\(colours)]"
    }

    private static func edge(_ edge: GraphOutline.Edge) -> String {
        let label = edge.text.isEmpty ? "" : ", label=\(DOTString([" \(edge.text)"]))"
        let style = edge.isDashed ? ", style=dashed" : ""
        return "\(edge.from) -> \(edge.to) [color=\"\(GraphEmitter.colour(edge.cluster).stroke)\"\(label)\(style)]"
    }
}

/// Lines of text as a quoted string of DOT, in which nothing of the text means anything to Graphviz.
struct DOTString: CustomStringConvertible {
    let description: String

    init(_ lines: [String]) { description = "\"\(lines.map(Self.escaped).joined(separator: "\\n"))\"" }

    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": escaped += "\\\""
            case "\\": escaped += "\\\\"
            // Graphviz reads entities of HTML in plain strings, too.
            case "&": escaped += "&amp;"
            case "\t", "\n", "\r": escaped += " "
            case _ where scalar.value < 0x20: continue
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
