import Foundation
import Hagen
import HagenCompiler
import Testing

/// Goal: one mistake is one finding. Whatever is broken in a topology, the rules find nothing that they did not find
/// before, because they judge what is sound and take what is broken for something that may well be there.
struct NoCascadeTests {
    /// Goal: with any one value or key of a near miss broken, its rule and all others stay silent.
    @Test(arguments: RuleList.all.map(\.code.description)) func brokenNearMissIsSilent(code: String) throws {
        let rule = try #require(RuleList.all.first { $0.code.description == code })
        try Self.expectNothingNew(in: rule.nearMiss, rule.examplePlacement)
    }

    /// Goal: with any one value or key of an example broken, no other rule finds anything.
    @Test(arguments: RuleList.all.map(\.code.description)) func brokenExampleGivesNoOtherCode(code: String) throws {
        let rule = try #require(RuleList.all.first { $0.code.description == code })
        try Self.expectNothingNew(in: rule.explanation.example, rule.examplePlacement)
    }

    /// Goal: a topology with everything in it, and one with every fault.
    @Test(arguments: ["YAML/good/language.yaml", "Rules/every-fault.yaml"]) func brokenWhole(path: String) throws {
        let text = try String(contentsOf: Snapshot.fixtures.appending(path: path), encoding: .utf8)
        try Self.expectNothingNew(in: text, .declared)
    }

    private static func expectNothingNew(in text: String, _ placement: Placement) throws {
        let source = Source(name: "topology.yaml", text: text)
        let whole = try #require(YAMLFrontEnd.read(source).topology)
        let before = Set(Compiler.check(whole, placement: placement).map(\.code))
        var places = Set(whole.sources.spans.values.filter { $0.start < $0.end })
        // A key of the root may hold parts of which none has a place of its own.
        for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            guard let colon = line.firstIndex(of: ":"), line.first?.isLetter == true else { continue }
            let end = line.distance(from: line.startIndex, to: colon) + 1
            places.insert(
                SourceSpan(
                    file: source.name, start: .init(line: number + 1, column: 1),
                    end: .init(line: number + 1, column: end)))
        }
        #expect(places.count > 5)
        for place in places.sorted(by: { ($0.start, $0.end) < ($1.start, $1.end) }) {
            for broken in ["{broken: {}}", "*broken"] {
                var bytes = source.bytes
                bytes.replaceSubrange(
                    source.byte(at: place.start)..<source.byte(at: place.end), with: Array(broken.utf8))
                let (topology, diagnostics) = YAMLFrontEnd.readForRules(Source(name: source.name, bytes: bytes))
                #expect(diagnostics.hasErrors, "\(place)")
                guard let topology else { continue }
                let after = Compiler.check(topology, placement: placement).filter { !before.contains($0.code) }
                #expect(
                    after.map { "\($0.code) \($0.message)" } == [],
                    "with \(broken) for '\(source.text(of: place))' in line \(place.start.line)")
            }
        }
    }
}
