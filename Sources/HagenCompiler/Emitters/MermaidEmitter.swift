/// The graph as a flowchart of Mermaid: balancers above clusters above the hosts, which stand in their zones.
///
/// Pages that draw Mermaid take at most 500 edges, unless their owner says otherwise.
package enum MermaidEmitter {
    package static func text(_ overview: TopologyOverview) -> String {
        let outline = GraphOutline(overview)
        var lines = ["flowchart TB"]
        lines += outline.balancers.map { "  " + node($0) }
        lines += outline.clusters.map { "  " + node($0) }
        for zone in outline.zones {
            lines.append("  subgraph \(zone.id)[\(MermaidString([zone.title]))]")
            lines += zone.hosts.map { "    " + node($0) }
            lines.append("  end")
        }
        lines += outline.edges.map { "  " + edge($0) }
        lines += outline.clusters.compactMap(style)
        lines += outline.zones.map { "  style \($0.id) fill:#f7f9fb,stroke:#b8c4ce,color:#52606d,stroke-dasharray:4 3" }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func node(_ node: GraphOutline.Node) -> String { "\(node.id)[\(MermaidString(node.lines))]" }

    private static func edge(_ edge: GraphOutline.Edge) -> String {
        let arrow = edge.isDashed ? "-.->" : "-->"
        let label = edge.text.isEmpty ? "" : "|\(MermaidString([edge.text]))|"
        return "\(edge.from) \(arrow)\(label) \(edge.to)"
    }

    /// The colour of the text is said, too: a page may be dark.
    private static func style(_ node: GraphOutline.Node) -> String? {
        guard let colour = node.cluster.map(GraphEmitter.colour) else { return nil }
        return "  style \(node.id) fill:\(colour.fill),stroke:\(colour.stroke),color:#1f2933"
    }
}

/// Lines of text as a quoted label of Mermaid, in which nothing of the text means anything to it.
///
/// Mermaid works on its source with patterns before it parses it: for directives (`%%{`), tags, and lines that look like
/// styles. So every sign that is not known to be harmless is written as the number of its character.
struct MermaidString: CustomStringConvertible {
    let description: String

    init(_ lines: [String]) { description = "\"\(lines.map(Self.escaped).joined(separator: "<br/>"))\"" }

    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "a"..."z", "A"..."Z", "0"..."9", " ", ".", ",", ":", "-", "_", "/", "(", ")":
                escaped.unicodeScalars.append(scalar)
            case "\t", "\n", "\r": escaped += " "
            case _ where scalar.value < 0x20: continue
            case _ where scalar.isASCII: escaped += "#\(scalar.value);"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        // Where these words stand before a colon, Mermaid takes the line's last semicolon away.
        return escaped.replacing("style", with: "st#121;le").replacing("classDef", with: "class#68;ef")
    }
}
