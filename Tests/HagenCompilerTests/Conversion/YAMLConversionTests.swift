import Foundation
import Hagen
import Testing

@testable import HagenCompiler

@Suite("Conversion to YAML")
struct YAMLConversionTests {
    @Test("300 random models are written as YAML that means the same, passes without a finding, and uses every key")
    func roundTrip() throws {
        var seen: Set<String> = []
        for seed in 0..<300 as Range<UInt64> {
            let model = RandomTopology.model(seed: seed)
            let (text, diagnostics) = Conversion.yaml(of: Topology(model: model, sources: SourceMap()))
            #expect(diagnostics == [], "seed \(seed)")
            let source = Source(name: "\(seed).yaml", text: try #require(text, "seed \(seed)"))
            let (topology, findings) = YAMLFrontEnd.read(source)
            #expect(findings == [], "seed \(seed)")
            #expect(topology?.model == model, "seed \(seed)")
            guard seed < 100 else { continue }
            var reports = Findings(limit: 1)
            let root = try #require(YAMLTreeBuilder.tree(of: source, limits: YAMLLimits(), &reports)).root
            KeyWalk.visit(root, .part(Language.topology)) { seen.insert($0) }
        }
        var declared: Set<String> = []
        KeyWalk.declared(in: .part(Language.topology)) { declared.insert($0) }
        // Of what other files there are the model says nothing.
        declared.subtract(["topology.include", "topology.base"])
        #expect(declared.subtracting(seen).sorted() == [], "keys that the random models have no value for")
    }

    @Test("The good documents and the examples are written as recorded, and mean the same")
    func documents() throws {
        let fixtures = try YAMLFixture.all(in: "good").map { (name: $0.name, source: try $0.source) }
        for (name, source) in fixtures {
            let topology = try #require(YAMLFrontEnd.read(source).topology)
            let text = try #require(Conversion.yaml(of: topology).text)
            #expect(YAMLFrontEnd.read(Source(name: name, text: text)).topology?.model == topology.model)
            try Snapshot.expect(text, matches: "Conversion/\(name).yaml")
        }
    }

    @Test("What YAML cannot say is refused, with the part and its place")
    func refused() throws {
        var model = RandomTopology.model(seed: 7)
        model.objectives = [
            Model.Objective(name: "third", cluster: model.clusters[0].name, availability: Ratio(fraction: 1.0 / 3))
        ]
        let span = SourceSpan(file: "Shop.swift", line: 3, column: 5)
        let sources = SourceMap([.root["objectives"][0]: span])
        let inexact = Conversion.yaml(of: Topology(model: model, sources: sources))
        #expect(inexact.text == nil)
        #expect(inexact.diagnostics.map(\.message) == ["objective 'third' cannot be said in YAML exactly"])
        #expect(inexact.diagnostics.first?.primary?.span == span)

        model = RandomTopology.model(seed: 7)
        model.hosts.append(model.hosts[0])
        let twice = Conversion.yaml(of: Topology(model: model, sources: SourceMap()))
        #expect(twice.text == nil)
        #expect(twice.diagnostics.contains { $0.message.contains("is given twice") })
    }
}
