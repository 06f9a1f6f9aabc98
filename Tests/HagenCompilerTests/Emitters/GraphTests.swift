import Foundation
import Hagen
import HagenCompiler
import Testing

/// Goal: the forms of the graph that others lay out are accepted by what lays them out, whatever the names are.
struct GraphTests {
    private static let hasDot = ["/usr/bin/dot", "/usr/local/bin/dot"].contains {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    /// Goal: what is written changes only when somebody means it to.
    @Test(arguments: ["shop", "language", "hostile"], [GraphFormat.dot, .mermaid])
    func matchesTheSnapshot(name: String, format: GraphFormat) throws {
        try Snapshot.expect(
            format.text(try Self.overview(name)), matches: "Emitters/graphs/\(name).\(format.fileExtension)")
    }

    /// Goal: the form of a file follows its extension, and only that of its last component.
    @Test func formsFollowExtensions() {
        let forms: [(String, GraphFormat?)] = [
            ("a.svg", .svg), ("a.dot", .dot), ("a.gv", .dot), ("out.d/a.mmd", .mermaid), ("a.mermaid", .mermaid),
            ("a.DOT", .dot), ("a.b.dot", .dot), ("a.png", nil), ("dot", nil), ("a.dot/b", nil), ("", nil), ("a.", nil),
        ]
        for (name, form) in forms { #expect(GraphFormat(fileName: name) == form, "\(name)") }
        for form in GraphFormat.allCases { #expect(GraphFormat(fileName: "a.\(form.fileExtension)") == form) }
    }

    /// Goal: Graphviz takes it without a warning, and shows names as they are.
    @Test(
        .enabled(if: hasDot, "dot is not installed: apt-get install graphviz"),
        arguments: ["shop", "single", "large", "language", "hostile", "empty"])
    func graphvizTakesTheDOT(name: String) async throws {
        let scratch = try ScratchFolder()
        let overview = try Self.overview(name)
        let run = try await ProgramRun(["dot", "-Tsvg"], input: DOTEmitter.text(overview), in: scratch.url)
        #expect(run.exitCode == 0 && run.errors.isEmpty, "\(run.errors)")
        let nodes = run.output.components(separatedBy: "class=\"node\"").count - 1
        let edges = run.output.components(separatedBy: "class=\"edge\"").count - 1
        let counts = try Self.counts(name)
        #expect(nodes == counts.nodes && edges == counts.edges)
        guard name == "hostile" else { return }
        let texts = Set(run.output.matches(of: /<text [^>]*>([^<]*)<\/text>/).map { Self.plain(String($0.1)) })
        for shown in Self.hostileNames.map(Self.shown) { #expect(texts.contains(shown), "\(shown)") }
    }

    /// Goal: every line is one of the few that are meant, and names nothing that is not there yet.
    @Test(arguments: ["shop", "single", "large", "language", "hostile", "empty"])
    func mermaidKeepsToItsGrammar(name: String) throws {
        let lines = MermaidEmitter.text(try Self.overview(name)).split(
            separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.first == "flowchart TB" && lines.last == "")
        var declared: Set<String> = []
        var depth = 0
        var edges = 0
        for line in lines.dropFirst().dropLast() {
            if let node = line.wholeMatch(of: /(?: {2}| {4})([bch][0-9]+)\["([^"]*)"\]/) {
                #expect(declared.insert(String(node.1)).inserted)
                #expect(line.hasPrefix("    ") == (depth == 1) && (node.1.first == "h") == (depth == 1))
                Self.expectHarmless(node.2)
            } else if let zone = line.wholeMatch(of: #/  subgraph (z[0-9]+)\["([^"]*)"\]/#) {
                #expect(declared.insert(String(zone.1)).inserted)
                Self.expectHarmless(zone.2)
                depth += 1
                #expect(depth == 1)
            } else if line == "  end" {
                depth -= 1
                #expect(depth == 0)
            } else if let edge = line.wholeMatch(
                of: #/  ([bc][0-9]+) (?:-->|-\.->)(?:\|"([^"]*)"\|)? ([ch][0-9]+)/#)
            {
                #expect(declared.contains(String(edge.1)) && declared.contains(String(edge.3)))
                if let label = edge.2 { Self.expectHarmless(label) }
                edges += 1
            } else if let style = line.wholeMatch(of: #/  style ([cz][0-9]+) [a-z0-9:#,\- ]+/#) {
                #expect(declared.contains(String(style.1)))
            } else {
                Issue.record("not a line of the grammar: \(line)")
            }
        }
        let counts = try Self.counts(name)
        #expect(declared.filter { !$0.hasPrefix("z") }.count == counts.nodes && edges == counts.edges && depth == 0)
    }

    /// Goal: a topology is drawn when engines are all that it lacks, and refused for any other error.
    @Test func onlyMissingEnginesAreDrawn() throws {
        let text = try Self.languageExample()
        let drawn = Self.overviewOfYAML(text)
        #expect(drawn.diagnostics.hasErrors && drawn.overview != nil, "\(drawn.diagnostics.map(\.message))")
        for (old, new) in [("a1, b1, c1]", "a1, b1, c2]"), ("name: shop", "nmae: shop")] {
            let broken = text.replacing(old, with: new)
            try #require(broken != text)
            #expect(Self.overviewOfYAML(broken).overview == nil)
        }
    }

    private static func expectHarmless(_ label: Substring) {
        let plain = label.replacing("<br/>", with: "").replacing(/#[0-9]{1,3};/, with: "")
        let bad = plain.unicodeScalars.filter {
            $0.isASCII
                && !"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .,:-_/()".unicodeScalars.contains(
                    $0)
        }
        #expect(bad.isEmpty, "\(label)")
        #expect(!label.contains("style") && !label.contains("classDef"))
    }
}

// MARK: - Topologies

extension GraphTests {
    /// Names that mean something to one of the forms, or to what looks at it before it is parsed.
    static let hostileNames = [
        "end", "\"; evil [label=\"x", "back\\slash\\N\\", "&amp; <b>bold</b>", "%%{init: {'theme': 'dark'}}%%",
        "a]-->b", "line\nbreak\r\u{0}", "#35; #quot;", "style x:#1;", "classDef y:#2;", "`mark` *down*", "žluťoučký 🐎",
        "\u{202E}turned", String(repeating: "long ", count: 40), "--> %% //", "subgraph", "</svg><script>",
    ]

    /// The name as a graph shows it: in one line, cut.
    static func shown(_ name: String) -> String {
        let line = name.replacing("\n", with: " ").replacing("\r", with: " ").replacing("\u{0}", with: "")
            .replacing("\u{202E}", with: "")
        return line.count <= 40 ? line : line.prefix(39) + "…"
    }

    static func model(_ name: String) throws -> Model.Topology {
        switch name {
        case "shop": return SampleTopologies.shop
        case "single": return SampleTopologies.single
        case "large": return SampleTopologies.large
        case "language":
            let reading = YAMLFrontEnd.readForRules(Source(name: "topology.yaml", text: try languageExample()))
            return try #require(reading.topology).model
        case "empty": return Model.Topology(name: "empty", hosts: [], clusters: [], balancers: [])
        default: return hostile
        }
    }

    /// It has a part of nearly every kind, and engines are missing for some of them.
    static func languageExample() throws -> String {
        try String(contentsOf: Snapshot.fixtures.appending(path: "YAML/good/language.yaml"), encoding: .utf8)
    }

    static func overview(_ name: String) throws -> TopologyOverview {
        TopologyOverview(try model(name), placement: .declared)
    }

    static func overviewOfYAML(_ text: String) -> (overview: TopologyOverview?, diagnostics: [Diagnostic]) {
        let (topology, read) = YAMLFrontEnd.readForRules(Source(name: "topology.yaml", text: text))
        let found = read + (topology.map { Compiler.check($0, placement: .declared) } ?? [])
        let overview = topology.flatMap { TopologyOverview($0, diagnostics: found, placement: .declared) }
        return (overview, found)
    }

    /// What a graph of it has: a node for each part, an edge for each target and each member.
    static func counts(_ name: String) throws -> (nodes: Int, edges: Int) {
        let model = try model(name)
        let members = model.clusters.reduce(0) { $0 + $1.members.count }
        return (
            model.hosts.count + model.clusters.count + model.balancers.count, model.balancers.count + members
        )
    }

    /// The text of an element of Graphviz's SVG.
    static func plain(_ text: String) -> String {
        let named = [
            "&lt;": "<", "&gt;": ">", "&quot;": "\"", "&#39;": "'", "&#45;": "-", "&#160;": " ", "\u{A0}": " ",
        ]
        var plain = text
        for (entity, sign) in named { plain = plain.replacing(entity, with: sign) }
        return plain.replacing("&amp;", with: "&")
    }

    static var hostile: Model.Topology {
        let hosts = hostileNames.enumerated().map { index, name in
            Model.Host(name: name, address: "127.0.0.\(index + 1)/8", zone: hostileNames[index / 2])
        }
        let clusters = hostileNames.map { name in
            Model.Cluster(
                name: name, kind: .activePassive, workload: SampleTopologies.process([name], port: 7000),
                members: [Model.Member(host: name), Model.Member(host: "end", candidate: name == "end")])
        }
        let balancers = hostileNames.map { name in
            Model.Balancer(
                name: name, hosts: [name], wireProtocol: .tcp, listen: 80,
                target: Model.Target(cluster: name, role: .active),
                virtualIPs: [Model.VirtualIP(address: name, interface: name)])
        }
        return Model.Topology(name: hostileNames[1], hosts: hosts, clusters: clusters, balancers: balancers)
    }
}
