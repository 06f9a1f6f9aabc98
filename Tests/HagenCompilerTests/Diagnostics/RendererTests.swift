import Foundation
import Hagen
import HagenCompiler
import Testing

@Suite("Renderers of diagnostics")
struct RendererTests {
    private let report = DiagnosticReport(SampleDiagnostics.all)
    private let sources = [SampleDiagnostics.topology, SampleDiagnostics.included]

    @Test("The human form stays as it was recorded, with tabs, wide characters, cuts and several files")
    func humanForm() throws {
        let text = HumanRenderer(sources: sources).render(report)
        #expect(!text.contains("\u{1B}"), "no escape may reach the terminal where no colour was asked for")
        #expect(!text.contains("\u{202E}"))
        try Snapshot.expect(text, matches: "Diagnostics/human.txt")
    }

    @Test("A secret that was found is shown in no excerpt, whichever finding it belongs to")
    func secretsAreConcealed() throws {
        let source = Source(
            name: "topology.yaml",
            text: """
                apiVersion: hagen/v1
                name: shop
                hosts:
                  a1: {address: 127.0.0.11/8, zone: a}
                clusters:
                  api:
                    kind: load-balancing
                    workload: {process: {command: [bin/api], port: 70, environment: {DB_PASSWORD: "hünter2", DEPTH: 3}}}
                    members: [a1, a2]
                """)
        let topology = try #require(YAMLFrontEnd.read(source).topology)
        let found = Compiler.check(topology, placement: .declared)
        #expect(found.contains { $0.code == DiagnosticCode(172) } && found.count > 1)
        let text = HumanRenderer(sources: [source]).render(DiagnosticReport(found))
        #expect(!text.contains("nter2") && text.contains("{DB_PASSWORD: *********, DEPTH: 3}"))
    }

    @Test("Colour changes nothing but the styles")
    func colouredForm() throws {
        let coloured = HumanRenderer(sources: sources, isColoured: true).render(report)
        let stripped = coloured.replacing(/\u{1B}\[[0-9;]*m/, with: "")
        let plain = HumanRenderer(sources: sources).render(report)
        func trimmed(_ text: String) -> [String] {
            text.split(separator: "\n").map { String($0.replacing(#/ +$/#, with: "")) }
        }
        #expect(coloured != plain)
        #expect(trimmed(stripped) == trimmed(plain))
    }

    @Test("What is rendered from the JSON form is what is rendered from the values")
    func jsonForm() throws {
        let json = try report.json()
        let read = try DiagnosticReport(json: json)
        #expect(read == report)
        #expect(
            HumanRenderer(sources: sources).render(read) == HumanRenderer(sources: sources).render(report))
        try Snapshot.expect(json, matches: "Diagnostics/report.json")
    }

    @Test("The order of findings does not change what is written")
    func orderIsDeterministic() throws {
        let expected = HumanRenderer(sources: sources).render(report)
        for seed in 0..<20 {
            var generator = SeededGenerator(seed: UInt64(seed))
            let shuffled = DiagnosticReport(SampleDiagnostics.all.shuffled(using: &generator))
            #expect(HumanRenderer(sources: sources).render(shuffled) == expected)
            #expect(try shuffled.json() == report.json())
        }
    }

    @Test("No finding, no text")
    func emptyReport() throws {
        #expect(HumanRenderer(sources: []).render(DiagnosticReport([])) == "")
    }

    @Test("The SARIF form stays as it was recorded")
    func sarifForm() throws {
        let codes = (9001...9010).map { SampleCode(code: DiagnosticCode($0)) }
        try Snapshot.expect(SARIFRenderer(codes: codes).render(report), matches: "Diagnostics/report.sarif")
    }

    @Test("SARIF has what the standard and its readers ask for")
    func sarifStructure() throws {
        let codes = (9001...9010).map { SampleCode(code: DiagnosticCode($0)) }
        let text = try SARIFRenderer(codes: codes).render(report)
        let problems = try SARIFStructure.problems(in: text)
        #expect(problems == [])
        let broken = text.replacing("\"startLine\" : 9", with: "\"startLine\" : 0")
        #expect(try SARIFStructure.problems(in: broken) != [], "the check must be able to fail")
    }

    @Test("Display columns follow East Asian width and combining marks")
    func displayWidths() {
        let text = HumanRenderer(sources: [Source(name: "f", text: "日本e\u{301}x\n")]).render(
            Diagnostic(
                DiagnosticCode(1), .error, "m",
                at: SourceSpan(file: "f", start: .init(line: 1, column: 5), end: .init(line: 1, column: 6))))
        #expect(text.contains("1 | 日本e\u{301}x\n  |      ^\n"))
    }
}

/// SplitMix64 (Steele, Lea and Flood 2014): the same seed gives the same run.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
