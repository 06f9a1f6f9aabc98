/// Writes a `YAMLValue` as text. The same value always gives the same bytes.
///
/// Lists below a key are indented by two columns, as Prometheus and Kubernetes do. What surprises: a mapping that begins
/// a list's item starts on the line of its dash.
package enum YAMLWriter {
    /// What a value on one line may reach.
    static let longestLine = 100

    /// - Parameter comment: stands at the top, each of its lines as a comment.
    /// - Returns: the document with a final newline.
    package static func text(_ value: YAMLValue, comment: String? = nil) -> String {
        let head = comment.map { lines(ofComment: $0) } ?? []
        return (head + block(value, at: 0)).map { $0 + "\n" }.joined()
    }

    // MARK: Blocks

    /// The lines of a value that stands alone on its lines, without their indentation.
    private static func block(_ value: YAMLValue, at column: Int) -> [String] {
        fitsLine(value, after: column) ? [line(value, isInFlow: false)] : blockLines(value, at: column)
    }

    private static func lines(of entry: YAMLValue.Entry, at column: Int) -> [String] {
        let key = text(ofKeyOf: entry, isInFlow: false) + ":"
        let comment = entry.comment.map { lines(ofComment: $0) } ?? []
        if fitsLine(entry.value, after: column + key.unicodeScalars.count + 1) || !isCollection(entry.value) {
            return comment + [key + " " + line(entry.value, isInFlow: false)]
        }
        // A collection that did not fit the line of its key does not begin a line of its own either.
        return comment + [key] + indented(blockLines(entry.value, at: column + 2), first: "  ")
    }

    private static func isCollection(_ value: YAMLValue) -> Bool {
        switch value {
        case .list(let items, _): !items.isEmpty
        case .mapping(let entries, _): !entries.isEmpty
        default: false
        }
    }

    private static func blockLines(_ value: YAMLValue, at column: Int) -> [String] {
        switch value {
        case .list(let items, _) where !items.isEmpty:
            items.flatMap { indented(block($0, at: column + 2), first: "- ") }
        case .mapping(let entries, _) where !entries.isEmpty: entries.flatMap { lines(of: $0, at: column) }
        default: [line(value, isInFlow: false)]
        }
    }

    private static func indented(_ lines: [String], first: String) -> [String] {
        lines.enumerated().map { ($0.offset == 0 ? first : "  ") + $0.element }
    }

    private static func lines(ofComment comment: String) -> [String] {
        comment.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            .map { $0.isEmpty ? "#" : "# " + $0 }
    }

    private static func text(ofKeyOf entry: YAMLValue.Entry, isInFlow: Bool) -> String {
        entry.isWord ? entry.key : YAMLScalarText.text(entry.key, isInFlow: isInFlow)
    }

    // MARK: One line

    private static func fitsLine(_ value: YAMLValue, after column: Int) -> Bool {
        guard isMeantForLine(value) else { return false }
        // As the formatter counts: a letter with a combining accent is two.
        return column + line(value, isInFlow: false).unicodeScalars.count <= longestLine
    }

    /// Whether no part of it has a comment or wants lines of its own.
    private static func isMeantForLine(_ value: YAMLValue) -> Bool {
        switch value {
        case .list(let items, let layout): (layout == .line || items.isEmpty) && items.allSatisfy(isMeantForLine)
        case .mapping(let entries, let layout):
            (layout == .line || entries.isEmpty)
                && entries.allSatisfy { $0.comment == nil && isMeantForLine($0.value) }
        default: true
        }
    }

    private static func line(_ value: YAMLValue, isInFlow: Bool) -> String {
        switch value {
        case .text(let text): YAMLScalarText.text(text, isInFlow: isInFlow)
        case .integer(let number): String(number)
        case .decimal(let number): YAMLScalarText.text(of: number)
        case .flag(let flag): flag ? "true" : "false"
        case .null: "null"
        case .list(let items, _): "[" + items.map { line($0, isInFlow: true) }.joined(separator: ", ") + "]"
        case .mapping(let entries, _):
            "{"
                + entries.map { text(ofKeyOf: $0, isInFlow: true) + ": " + line($0.value, isInFlow: true) }
                .joined(separator: ", ") + "}"
        }
    }
}
