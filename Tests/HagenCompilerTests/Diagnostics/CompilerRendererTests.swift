import Hagen
import Testing

@testable import HagenCompiler

/// Goal: SwiftPM, Xcode and editors find the place of a finding, and a person all that was found.
struct CompilerRendererTests {
    private static let source = Source(
        name: "/app/shop.hagen.yaml", text: "name: shop\nzones: {\"ü\u{1F600}\": betta}\n")

    private static func span(_ line: Int, _ column: Int) -> SourceSpan {
        SourceSpan(file: source.name, line: line, column: column)
    }

    @Test func everythingHasAPlace() {
        let diagnostics = [
            Diagnostic(
                DiagnosticCode(102), .error, "there is no host 'betta'", at: Self.span(2, 15),
                label: "did you mean 'beta'?",
                secondary: [.init(Self.span(1, 7), "of this\ntopology"), .init(Self.span(1, 1))],
                notes: ["declared: beta"],
                help: ["look\u{1B}[31m closer"],
                fixes: [.init("write 'beta'", [.init(Self.span(2, 15), "beta")], .maybe)]),
            Diagnostic(DiagnosticCode(107), .warning, "nothing is anywhere", at: nil),
        ]
        let text = CompilerRenderer(sources: [Self.source], fallback: Self.source.name).render(diagnostics)
        #expect(
            text == """
                /app/shop.hagen.yaml:1:1: warning: nothing is anywhere [HG0107]
                /app/shop.hagen.yaml:2:19: error: there is no host 'betta' [HG0102]
                /app/shop.hagen.yaml:2:19: note: did you mean 'beta'?
                /app/shop.hagen.yaml:1:7: note: of this topology
                /app/shop.hagen.yaml:2:19: note: declared: beta
                /app/shop.hagen.yaml:2:19: note: look\u{FFFD}[31m closer
                /app/shop.hagen.yaml:2:19: note: write 'beta'

                """)
    }
}
