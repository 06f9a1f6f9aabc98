import Hagen
import HagenCompiler
import Testing

/// Goal: fixes change what they say and nothing else, and never make a document worse.
struct FixTests {
    private static func span(_ line: Int, _ columns: Range<Int>) -> SourceSpan {
        SourceSpan(
            file: "a.yaml", start: .init(line: line, column: columns.lowerBound),
            end: .init(line: line, column: columns.upperBound))
    }

    private static func fix(_ edits: (Int, Range<Int>, String)...) -> Diagnostic.Fix {
        Diagnostic.Fix("mend", edits.map { .init(span($0.0, $0.1), $0.2) }, .safe)
    }

    private static func text(_ application: FixApplication) -> String {
        String(decoding: application.sources[0].fileBytes, as: UTF8.self)
    }

    /// Goal: replacements, insertions and deletions of several fixes meet the text that they were made for, whatever the
    /// order in which they are given and however long what they insert is.
    @Test func appliesAllEdits() {
        let source = Source(name: "a.yaml", text: "\u{FEFF}ä: one\r\nb: two\nc: 3\n")
        let fixes = [
            Self.fix((2, 4..<7, "second"), (1, 1..<2, "first")), Self.fix((3, 1..<1, "# new\n")),
            Self.fix((1, 4..<7, "")),
        ]
        let application = FixApplication(fixes, to: [source])
        #expect(application.applied == fixes && application.left == [])
        #expect(Self.text(application) == "\u{FEFF}first: \r\nb: second\n# new\nc: 3\n")
    }

    /// Goal: a fix with one edit that has no place is left as a whole.
    @Test func allEditsOrNone() {
        let source = Source(name: "a.yaml", text: "a: one\nb: two\n")
        let first = Self.fix((1, 4..<7, "1"))
        let misfits = [
            Self.fix((2, 4..<7, "2"), (1, 5..<6, "x")), Self.fix((2, 1..<2, "c"), (9, 1..<2, "x")),
            Self.fix((2, 1..<2, "c"), (2, 1..<2, "d")), Self.fix((1, 1..<40, "x")), Self.fix(),
            Self.fix((2, 1..<2, "b")),
            Diagnostic.Fix("elsewhere", [.init(SourceSpan(file: "b.yaml", line: 1, column: 1), "x")], .safe),
        ]
        let application = FixApplication([first] + misfits, to: [source])
        #expect(application.applied == [first] && application.left == misfits)
        #expect(Self.text(application) == "a: 1\nb: two\n")
    }

    /// Goal: only safe fixes are applied, until there are none, and what is left is judged as it then is.
    @Test func runsUntilNothingIsLeft() {
        let run = FixRun([Source(name: "a.yaml", text: "11121\n")]) { Self.judge($0, offering: ["1": "2", "2": "3"]) }
        #expect(String(decoding: run.sources[0].bytes, as: UTF8.self) == "33333\n")
        #expect(run.steps.count == 9 && run.judgement.all.isEmpty && run.refused == [])
        let unsure = FixRun([Source(name: "a.yaml", text: "11\n")]) { sources in
            var judgement = Self.judge(sources, offering: ["1": "2"])
            for index in judgement.reading.indices { judgement.reading[index].fixes[0].applicability = .maybe }
            return judgement
        }
        #expect(unsure.sources[0].bytes == Array("11\n".utf8) && unsure.steps == [])
    }

    /// Goal: two fixes that undo each other end, and a step that leads to more findings is taken back.
    @Test func isBoundedAndNeverWorse() {
        let circle = FixRun([Source(name: "a.yaml", text: "12\n")]) { Self.judge($0, offering: ["1": "2", "2": "1"]) }
        #expect(circle.judgement.all.count == 2)
        let worse = FixRun([Source(name: "a.yaml", text: "14\n")]) {
            Self.judge($0, offering: ["1": "2", "4": "111"], faults: ["1", "4"])
        }
        #expect(String(decoding: worse.sources[0].bytes, as: UTF8.self) == "24\n")
        #expect(worse.steps.map(\.fix.title) == ["write '2'"] && worse.refused.map(\.fix.title) == ["write '111'"])
    }

    /// Goal: the fix of a document that the rules could not judge is applied, though they then have findings.
    @Test func whatTheRulesThenSayIsNotWorse() {
        let text =
            "name: shop\nhosts: {a1: {address: 10.0.0.1/24, zone: a}}\n"
            + "monitoring: {alerts: [{alert: full, expr: hagen_filesystem_used_ratio > 0.9}]}\n"
        let run = FixRun([Source(name: "a.yaml", text: text)]) { sources in
            let (topology, diagnostics) = YAMLFrontEnd.readForRules(sources[0])
            return .init(reading: diagnostics, rules: topology.map { Compiler.check($0, placement: .declared) })
        }
        #expect(run.steps.map(\.finding.code) == [DiagnosticCode(14)])
        #expect(run.judgement.all.map(\.code) == [DiagnosticCode(112)])
        #expect(String(decoding: run.sources[0].bytes, as: UTF8.self).hasPrefix("apiVersion: hagen/v1\n"))
    }

    /// A finding at each of the characters that is a fault, with the fix offered for it.
    private static func judge(
        _ sources: [Source], offering fixes: [String: String], faults: Set<String>? = nil
    ) -> FixRun.Judgement {
        let text = String(decoding: sources[0].bytes, as: UTF8.self).dropLast()
        let findings = text.enumerated().compactMap { column, character -> Diagnostic? in
            guard let fix = fixes[String(character)], faults?.contains(String(character)) ?? true else { return nil }
            let span = span(1, (column + 1)..<(column + 2))
            return Diagnostic(
                DiagnosticCode(1), .error, "there is a \(character)", at: span,
                fixes: [.init("write '\(fix)'", [.init(span, fix)], .safe)])
        }
        return FixRun.Judgement(reading: findings, rules: nil)
    }
}
