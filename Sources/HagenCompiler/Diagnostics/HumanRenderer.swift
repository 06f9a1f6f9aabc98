internal import Hagen

/// Diagnostics for a person at a terminal, in the form that rustc made familiar:
///
///     error[HG0004]: 'hosts' is declared twice
///       --> topology.yaml:9:1
///        |
///      4 | hosts:
///        | ----- declared here first
///     ...
///      9 | hosts:
///        | ^^^^^ declared again
///        |
///        = help: merge the two
package struct HumanRenderer: Sendable {
    private let sources: [Source]
    private let isColoured: Bool
    private let width: Int

    /// - Parameters:
    ///   - sources: The files that diagnostics point into; of another file only the position is shown.
    ///   - isColoured: Whether styles of a terminal are written.
    ///   - width: Terminal columns for a line of source.
    package init(sources: [Source], isColoured: Bool = false, width: Int = 120) {
        self.sources = sources
        self.isColoured = isColoured
        self.width = max(width, 60)
    }

    /// All diagnostics in order, with an empty line after each, and a line that counts them. Nothing for none.
    package func render(_ report: DiagnosticReport) -> String {
        guard !report.diagnostics.isEmpty else { return "" }
        let renderer = concealing(report.diagnostics)
        let parts = report.diagnostics.ordered.map { renderer.render($0) }
        return (parts + [Self.summary(report.diagnostics)]).joined(separator: "\n")
    }

    /// One that shows no secret that was found, in no excerpt: what is printed ends in the logs of others.
    private func concealing(_ diagnostics: [Diagnostic]) -> HumanRenderer {
        let secrets = diagnostics.filter { $0.code == SecretInTopology.code }.compactMap { $0.primary?.span }
        guard !secrets.isEmpty else { return self }
        let byFile = Dictionary(grouping: secrets, by: \.file)
        let sources = sources.map { source in byFile[source.name].map(source.concealing) ?? source }
        return HumanRenderer(sources: sources, isColoured: isColoured, width: width)
    }

    private static func summary(_ diagnostics: [Diagnostic]) -> String {
        let errors = diagnostics.count { $0.severity == .error }
        let counts = [("error", errors), ("warning", diagnostics.count - errors)]
        return counts.filter { $0.1 > 0 }.map { "\($0.1) \($0.0)\($0.1 == 1 ? "" : "s")" }.joined(separator: ", ")
            + "\n"
    }

    package func render(_ diagnostic: Diagnostic) -> String {
        var output = TerminalText(isColoured: isColoured)
        let style: TerminalText.Style = diagnostic.severity == .error ? .error : .warning
        output.add("\(diagnostic.severity.rawValue)[\(diagnostic.code)]", style)
        output.add(": " + diagnostic.message.printable, .bold)
        output.endLine()
        let excerpts = excerpts(of: diagnostic, style)
        let gutter = gutterWidth(of: diagnostic, excerpts)
        for (position, excerpt) in excerpts.enumerated() {
            writePlace(excerpt.spans, isFirst: position == 0, gutter, to: &output)
            guard let lines = excerpt.lines else { continue }
            writeBar(gutter, to: &output)
            lines.write(to: &output, gutter: gutter)
        }
        let remarks = diagnostic.notes.map { ("note", $0) } + diagnostic.help.map { ("help", $0) }
        if !remarks.isEmpty, !excerpts.isEmpty { writeBar(gutter, to: &output) }
        for (word, text) in remarks { writeRemark(word, text, gutter, to: &output) }
        for fix in diagnostic.fixes {
            ProposedFix(fix, sources: sources, limit: width).write(to: &output, gutter: gutter)
        }
        return output.text
    }

    private typealias Excerpt = (spans: [SourceExcerpt.MarkedSpan], lines: SourceExcerpt?)

    /// One for each file: that of the primary span first, the others in the order in which they are named.
    private func excerpts(of diagnostic: Diagnostic, _ style: TerminalText.Style) -> [Excerpt] {
        var spans = diagnostic.secondary.map {
            SourceExcerpt.MarkedSpan(span: $0.span, text: $0.text, isPrimary: false)
        }
        if let primary = diagnostic.primary {
            spans.insert(.init(span: primary.span, text: primary.text, isPrimary: true), at: 0)
        }
        var files: [String] = []
        for span in spans where !files.contains(span.span.file) { files.append(span.span.file) }
        return files.map { file in
            let marked = spans.filter { $0.span.file == file }
            let lines = sources.first { $0.name == file }.map {
                SourceExcerpt(source: $0, spans: marked, primaryStyle: style, limit: width)
            }
            return (marked, lines)
        }
    }

    private func gutterWidth(of diagnostic: Diagnostic, _ excerpts: [Excerpt]) -> Int {
        let fixed = diagnostic.fixes.flatMap(\.edits).map(\.span.start.line)
        let last = (excerpts.compactMap { $0.lines?.lastLine } + fixed).max() ?? 1
        return String(last).count
    }

    private func writePlace(
        _ spans: [SourceExcerpt.MarkedSpan], isFirst: Bool, _ gutter: Int, to output: inout TerminalText
    ) {
        let span = spans[0].span
        output.add(String(repeating: " ", count: gutter) + (isFirst ? "--> " : "::: "), .gutter)
        output.add("\(span.file.printable):\(span.start.line):\(span.start.column)")
        output.endLine()
    }

    private func writeBar(_ gutter: Int, to output: inout TerminalText) {
        output.add(String(repeating: " ", count: gutter) + " |", .gutter)
        output.endLine()
    }

    private func writeRemark(_ word: String, _ text: String, _ gutter: Int, to output: inout TerminalText) {
        let lines = text.printable.split(separator: "\n", omittingEmptySubsequences: false)
        for (position, line) in lines.enumerated() {
            output.add(String(repeating: " ", count: gutter) + (position == 0 ? " = " : "   "), .gutter)
            output.add(position == 0 ? word + ":" : String(repeating: " ", count: word.count + 1), .bold)
            output.add(" " + line)
            output.endLine()
        }
    }
}
