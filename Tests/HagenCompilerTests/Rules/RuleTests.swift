import Foundation
import Hagen
import HagenCompiler
import Testing

/// Goal: every rule finds what its documentation shows, and nothing beside it.
struct RuleTests {
    /// Rules judge the whole language, also what no engine carries out yet: their examples may hold such parts.
    private static let engineMissing = DiagnosticCode(100)

    /// Goal: the example of a rule yields its code, and no other.
    @Test(arguments: RuleList.all.map(\.code.description)) func exampleTriggersItsRule(code: String) throws {
        let rule = try rule(code)
        let diagnostics = try diagnostics(of: rule.explanation.example, rule.examplePlacement)
            .filter { $0.code == rule.code || $0.code != Self.engineMissing }
        #expect(!diagnostics.isEmpty)
        #expect(Set(diagnostics.map(\.code.description)) == [code])
        #expect(diagnostics.allSatisfy { $0.severity == rule.severity })
    }

    /// Goal: what is almost the same, and right, yields nothing; and it can be lowered in both placements.
    @Test(arguments: RuleList.all.map(\.code.description)) func nearMissIsSilent(code: String) throws {
        let rule = try rule(code)
        let topology = try topology(rule.nearMiss)
        let diagnostics = Compiler.check(topology, placement: rule.examplePlacement)
        #expect(diagnostics.filter { rule.code == Self.engineMissing || $0.code != Self.engineMissing } == [])
        if diagnostics.isEmpty {
            let (release, _) = Compiler.compile(topology, placement: rule.examplePlacement)
            #expect(!Emitters.files(for: try #require(release)).isEmpty)
        }
    }

    /// Goal: codes are unique, in order, and everything about them is said.
    @Test func everyCodeIsDocumented() throws {
        let codes = Compiler.documentedCodes
        #expect(codes.map(\.code) == Set(codes.map(\.code)).sorted())
        for documented in codes {
            #expect(!documented.title.isEmpty && !documented.title.hasSuffix("."))
            let explanation = documented.explanation
            for text in [explanation.finds, explanation.why, explanation.fix] {
                #expect(text.hasSuffix("."), "\(documented.code): \(text)")
            }
            let text = try #require(Compiler.explain(documented.code))
            #expect(text.contains(explanation.finds.prefix(20)) && text.contains(documented.code.description))
        }
        #expect(Compiler.explain(DiagnosticCode(9999)) == nil)
    }

    /// Goal: every finding of every rule has a place of its own that is a part of the source.
    @Test func primarySpansAreSmall() throws {
        for rule in RuleList.all {
            for diagnostic in try diagnostics(of: rule.explanation.example, rule.examplePlacement) {
                let span = try #require(diagnostic.primary?.span, "\(rule.code)")
                #expect(span.start.line == span.end.line && span.start < span.end, "\(rule.code): \(span)")
            }
        }
    }

    /// Goal: one program with every fault is shown as somebody has read it.
    @Test func allFaultsAtOnce() throws {
        let text = try String(contentsOf: Snapshot.fixtures.appending(path: "Rules/every-fault.yaml"), encoding: .utf8)
        let source = Source(name: "every-fault.yaml", text: text)
        let (read, readerDiagnostics) = YAMLFrontEnd.read(source)
        #expect(readerDiagnostics == [])
        let topology = try #require(read)
        let diagnostics = Compiler.check(topology, placement: .declared)
        // The store cannot be embedded and etcd at once, and where every warning is given no allowance is unneeded.
        let impossible = [DiagnosticCode(105), DiagnosticCode(186)]
        #expect(Set(diagnostics.map(\.code)) == Set(RuleList.all.map(\.code)).subtracting(impossible))
        let rendered = HumanRenderer(sources: [source]).render(DiagnosticReport(diagnostics))
        try Snapshot.expect(rendered, matches: "Rules/every-fault.txt")
    }

    private func rule(_ code: String) throws -> any Rule {
        try #require(RuleList.all.first { $0.code.description == code })
    }

    private func topology(_ text: String) throws -> Topology {
        let (topology, diagnostics) = YAMLFrontEnd.read(Source(name: "topology.yaml", text: text))
        try #require(diagnostics == [])
        return try #require(topology)
    }

    private func diagnostics(of text: String, _ placement: Placement) throws -> [Diagnostic] {
        Compiler.check(try topology(text), placement: placement)
    }
}
