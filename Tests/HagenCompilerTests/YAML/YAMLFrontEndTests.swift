import Foundation
import Hagen
import HagenCompiler
import Testing

@Suite("The YAML front end")
struct YAMLFrontEndTests {
    @Test(
        "A broken file yields the diagnostics that were recorded, and no topology",
        arguments: try YAMLFixture.all(in: "broken"))
    func brokenFile(_ fixture: YAMLFixture) throws {
        let source = try fixture.source
        let (topology, diagnostics) = YAMLFrontEnd.read(source)
        #expect(topology == nil)
        #expect(!diagnostics.isEmpty)
        for diagnostic in diagnostics {
            #expect(diagnostic.primary != nil)
            for span in diagnostic.spans { #expect(source.holds(span), "\(span) of \(diagnostic.code)") }
        }
        let text = HumanRenderer(sources: [source]).render(DiagnosticReport(diagnostics))
        try Snapshot.expect(text, matches: fixture.snapshot("txt"))
    }

    @Test(
        "A good file yields the model that was recorded, and no diagnostic", arguments: try YAMLFixture.all(in: "good"))
    func goodFile(_ fixture: YAMLFixture) throws {
        let source = try fixture.source
        let (topology, diagnostics) = YAMLFrontEnd.read(source)
        #expect(HumanRenderer(sources: [source]).render(DiagnosticReport(diagnostics)) == "")
        let model = try #require(topology).model
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let json = String(decoding: try encoder.encode(model), as: UTF8.self) + "\n"
        try Snapshot.expect(json, matches: fixture.snapshot("json"))
    }

    @Test("A fix that is called safe mends its fault; one that may be meant leaves no other of its kind in its place")
    func fixesMend() throws {
        for fixture in try YAMLFixture.all(in: "broken") {
            let source = try fixture.source
            let (_, diagnostics) = YAMLFrontEnd.read(source)
            for diagnostic in diagnostics {
                for fix in diagnostic.fixes {
                    let mended = Source(name: source.name, bytes: source.applying(fix))
                    let left = YAMLFrontEnd.read(mended).diagnostics
                    #expect(
                        !left.contains {
                            $0.code == diagnostic.code && $0.message == diagnostic.message
                                && $0.primary?.span.start == diagnostic.primary?.span.start
                        },
                        "\(fixture.name): \(diagnostic.message); \(fix.title)")
                }
            }
        }
    }

    @Test("What is broken, means nothing, or nothing yet, does not hide what the rules find in the rest")
    func allMistakesInOnePass() throws {
        let text = """
            apiVersion: hagen/v1
            name: shop
            hosts:
              a: {address: 127.0.0.1/8, zone: z}
            clusters:
              api: {kind: load-balancing, workload: {process: {command: [api], port: 80}}, members: [a, b], colour: red}
            balancers:
              web: {on: [a], protocol: http, listen: 8080, to: api, routes: [], check: {tcp: true}}
            """
        func codes(_ text: String) -> [String] {
            let (topology, diagnostics) = YAMLFrontEnd.readForRules(Source(name: "shop.yaml", text: text))
            let found = topology.map { Compiler.check($0, placement: .declared) } ?? []
            return (diagnostics + found).map(\.code.description)
        }
        #expect(codes(text) == ["HG0010", "HG0100", "HG0102"])
        // A broken cluster is not judged, and not missed either.
        #expect(codes(text.replacing("port: 80", with: "port: many")) == ["HG0011", "HG0010", "HG0100"])
        let other = text.replacing("to: api,", with: "to: apis,")
        #expect(codes(other) == ["HG0010", "HG0100", "HG0102", "HG0102"])
        #expect(codes(other.replacing("port: 80", with: "port: many")) == ["HG0011", "HG0010", "HG0100", "HG0102"])
        #expect(codes(text.replacing("8/8, zone: z", with: "8/8")) == ["HG0010", "HG0100", "HG0102"])
        #expect(codes(text.replacing("1/8, zone: z", with: "1/8")) == ["HG0013", "HG0010", "HG0100", "HG0102"])
    }

    @Test("The example of every code triggers it, and no other", arguments: ReaderCode.allCases)
    func exampleTriggers(_ code: ReaderCode) {
        let reading = SourceSet(code.explanation.example, first: "example.yaml").read()
        #expect(reading.topology == nil)
        #expect(reading.diagnostics.map(\.code) == [code.code])
        for part in [code.title, code.explanation.finds, code.explanation.why, code.explanation.fix] {
            #expect(!part.isEmpty)
        }
    }

    @Test("The near miss of every code yields a topology, and no diagnostic", arguments: ReaderCode.allCases)
    func nearMissDoesNotTrigger(_ code: ReaderCode) throws {
        let fixture = YAMLFixture(folder: "near-misses", name: code.code.description)
        let set = try (try? fixture.source).map { SourceSet([$0]) } ?? fixture.sourceSet()
        let reading = set.read()
        #expect(HumanRenderer(sources: reading.sources).render(DiagnosticReport(reading.diagnostics)) == "")
        #expect(reading.topology != nil)
    }

    @Test("The map of sources points at names, values and roles")
    func sourceMap() throws {
        let source = try YAMLFixture(folder: "good", name: "language").source
        let map = try #require(YAMLFrontEnd.read(source).topology).sources
        func text(_ path: ModelPath) -> String { map.span(of: path).map { source.text(of: $0) } ?? "" }
        let root = ModelPath.root
        let orders = root["clusters"][0]
        #expect(text(orders) == "orders")
        #expect(text(orders["name"]) == "orders")
        #expect(text(orders["kind"]) == "active-passive")
        #expect(text(orders["members"][1]["host"]) == "b1")
        #expect(text(orders["members"][0]["priority"]) == "200")
        #expect(text(orders["failover"]["lease"]) == "lease")
        #expect(text(orders["failover"]["lease"]["renew"]) == "250ms")
        #expect(text(orders["workload"]) == "postgresql")
        #expect(text(orders["workload"]["version"]) == "15")
        #expect(text(root["clusters"][1]["members"][2]) == "c1")
        #expect(text(root["clusters"][1]["members"][2]["host"]) == "c1")
        #expect(text(root["hosts"][2]) == "c1")
        #expect(text(root["hosts"][2]["address"]) == "10.0.0.13/24")
        #expect(text(root["coordination"]["hosts"][1]) == "b1")
        let balancer = root["balancers"][1]
        #expect(text(balancer["target"]) == "orders.primary")
        #expect(text(balancer["target"]["cluster"]) == "orders")
        #expect(text(balancer["target"]["role"]) == "primary")
        #expect(text(balancer["hosts"][1]) == "b1")
        #expect(text(balancer["strategy"]) == "orders-rw", "what is unsaid is looked for at its part")
        #expect(text(root["balancers"][0]["check"]["every"]) == "1s")
        #expect(text(root["balancers"][0]["tls"]["name"]) == "web-pem")
        #expect(text(root["monitoring"]["alerts"][0]) == "cpu-high")
        #expect(text(root["monitoring"]["alerts"][0]["hold"]) == "5m")
        #expect(text(root["monitoring"]["alerts"][0]["receivers"][0]) == "oncall")
        #expect(text(root["monitoring"]["alerts"][0]["labels"]["severity"]) == "warning")
        #expect(text(root["objectives"][0]["cluster"]) == "api")
        #expect(text(root) == "shop")
    }

    @Test("Lines are counted as editors count them, whatever ends them")
    func lineEnds() throws {
        for end in ["\n", "\r\n", "\r"] {
            let text = ["apiVersion: hagen/v1", "# \u{85}\u{2028}", "name: é本\u{1F600}", "nmae: x", ""].joined(
                separator: end)
            let (_, diagnostics) = YAMLFrontEnd.read(Source(name: "f", text: text))
            let unknown = try #require(diagnostics.first { $0.message.contains("nmae") })
            #expect(unknown.primary?.span.start == .init(line: 4, column: 1), "with \(end.debugDescription)")
            let name = try #require(diagnostics.first { $0.code == DiagnosticCode(17) })
            #expect(name.primary?.span.end == .init(line: 3, column: 10))
        }
    }
}

extension Source {
    /// The bytes after all edits of the fix.
    fileprivate func applying(_ fix: Diagnostic.Fix) -> [UInt8] {
        var bytes = self.bytes
        for edit in fix.edits.sorted(by: { $0.span.start > $1.span.start }) {
            bytes.replaceSubrange(
                byte(at: edit.span.start)..<byte(at: edit.span.end), with: Array(edit.replacement.utf8))
        }
        return bytes
    }
}
