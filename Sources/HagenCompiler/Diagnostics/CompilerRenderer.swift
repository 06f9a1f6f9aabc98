internal import Hagen

/// Diagnostics in the form in which compilers write theirs, and which SwiftPM, Xcode and editors find the place by:
///
///     /app/Sources/App/shop.hagen.yaml:11:22: error: there is no host 'betta', which cluster 'counter' names [HG0102]
///     /app/Sources/App/shop.hagen.yaml:11:22: note: did you mean 'beta'?
///
/// One line each: what belongs to a finding follows it as notes.
package struct CompilerRenderer: Sendable {
    private let sources: [String: Source]
    private let fallback: String

    /// - Parameters:
    ///   - sources: The files that diagnostics point into.
    ///   - fallback: The file that is named where a diagnostic has no place.
    package init(sources: [Source], fallback: String) {
        self.sources = Dictionary(sources.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        self.fallback = fallback
    }

    package func render(_ diagnostics: [Diagnostic]) -> String {
        diagnostics.ordered.map(render).joined()
    }

    private func render(_ diagnostic: Diagnostic) -> String {
        let place = place(of: diagnostic.primary?.span)
        var text = "\(place): \(diagnostic.severity.rawValue): \(line(diagnostic.message)) [\(diagnostic.code)]\n"
        func note(_ words: String, at place: String) {
            if !words.isEmpty { text += "\(place): note: \(line(words))\n" }
        }
        note(diagnostic.primary?.text ?? "", at: place)
        for label in diagnostic.secondary { note(label.text, at: self.place(of: label.span)) }
        for words in diagnostic.notes + diagnostic.help + diagnostic.fixes.map(\.title) { note(words, at: place) }
        return text
    }

    /// `FILE:LINE:COLUMN`. Swift counts columns in bytes, a span in Unicode scalars.
    private func place(of span: SourceSpan?) -> String {
        guard let span else { return "\(line(fallback)):1:1" }
        var column = span.start.column
        if let source = sources[span.file], let bytes = source.line(span.start.line) {
            column = source.byte(at: span.start) - bytes.startIndex + 1
        }
        return "\(line(span.file)):\(span.start.line):\(column)"
    }

    private func line(_ text: String) -> String {
        text.printable.split(whereSeparator: \.isNewline).joined(separator: " ")
    }
}
