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

    /// Programs with every fault. A store cannot be embedded and etcd at once, nor of one member, two and three.
    private static let faulty = ["every-fault", "store-of-one", "store-of-two", "store-of-three"]

    /// Goal: a program with many faults is shown as somebody has read it.
    @Test(arguments: faulty) func allFaultsAtOnce(name: String) throws {
        let source = try Self.source(name)
        let diagnostics = Compiler.check(try topology(of: source), placement: .declared)
        let rendered = HumanRenderer(sources: [source]).render(DiagnosticReport(diagnostics))
        try Snapshot.expect(rendered, matches: "Rules/\(name).txt")
    }

    /// Goal: no rule is missing from what somebody has read.
    @Test func everyRuleIsShown() throws {
        let codes = try Self.faulty.flatMap { name in
            Compiler.check(try topology(of: try Self.source(name)), placement: .declared).map(\.code)
        }
        #expect(Set(codes) == Set(RuleList.all.map(\.code)))
    }

    /// Goal: where a declaration is known by a point alone, as in Swift, or not at all, the message names the part.
    @Test(arguments: RuleList.all.map(\.code.description)) func messagesStandAlone(code: String) throws {
        let rule = try rule(code)
        let model = try topology(rule.explanation.example).model
        let unplaced = Topology(model: model, sources: SourceMap())
        for diagnostic in Compiler.check(unplaced, placement: rule.examplePlacement) {
            let names = diagnostic.message.split(separator: "'", omittingEmptySubsequences: false).count > 2
            #expect(
                names || ["store", "monitor", "route", "HG0"].contains { diagnostic.message.contains($0) },
                "\(diagnostic.code): \(diagnostic.message)")
            #expect(diagnostic.fixes.isEmpty, "\(diagnostic.code): nothing to edit is known")
        }
    }

    /// Goal: a fix that is offered mends what it is offered for: the fixed example has one finding of its rule less.
    @Test(arguments: RuleList.all.map(\.code.description)) func fixesMend(code: String) throws {
        let rule = try rule(code)
        let text = rule.explanation.example
        let before = try diagnostics(of: text, rule.examplePlacement).filter { $0.code == rule.code }
        let source = Source(name: "topology.yaml", text: text)
        for fix in before.flatMap(\.fixes) {
            let fixed = FixApplication([fix], to: [source])
            #expect(fixed.applied == [fix])
            let after = Compiler.check(try topology(of: fixed.sources[0]), placement: rule.examplePlacement)
            #expect(after.count { $0.code == rule.code } == before.count - 1, "\(fix.title)")
            // What a tool applies unasked brings nothing new.
            if fix.applicability == .safe { #expect(after.allSatisfy { $0.code == Self.engineMissing }) }
        }
    }

    private static func source(_ name: String) throws -> Source {
        let file = Snapshot.fixtures.appending(path: "Rules/\(name).yaml")
        return Source(name: "\(name).yaml", text: try String(contentsOf: file, encoding: .utf8))
    }

    private func topology(of source: Source) throws -> Topology {
        let (topology, diagnostics) = YAMLFrontEnd.read(source)
        try #require(diagnostics == [])
        return try #require(topology)
    }

    private func rule(_ code: String) throws -> any Rule {
        try #require(RuleList.all.first { $0.code.description == code })
    }

    private func topology(_ text: String) throws -> Topology {
        try topology(of: Source(name: "topology.yaml", text: text))
    }

    private func diagnostics(of text: String, _ placement: Placement) throws -> [Diagnostic] {
        Compiler.check(try topology(text), placement: placement)
    }
}
