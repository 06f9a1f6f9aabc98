internal import Hagen

/// The words that the reader's messages share.
enum Wording {
    /// What a node is: `the number 5`, `a list`.
    static func article(of node: YAMLNode) -> String {
        switch node.content {
        case .sequence: "a list"
        case .mapping: "a mapping"
        case .broken: "nothing"
        case .scalar(let scalar):
            switch scalar.meaning {
            case .null: scalar.text.isEmpty ? "nothing" : "the null value '\(scalar.text)'"
            case .boolean(let value): "the truth value \(value)"
            case .integer, .number: "the number \(shortened(scalar.text))"
            case .text: scalar.text.isEmpty ? "an empty text" : "the text '\(shortened(scalar.text))'"
            }
        }
    }

    /// A text that fits into a message: long ones are cut, and lines joined.
    static func shortened(_ text: String) -> String {
        let limit = 40
        let flat = text.prefix(limit + 1).map { $0.isNewline ? " " : String($0) }
        return flat.count > limit ? flat.prefix(limit).joined() + "…" : flat.joined()
    }

    /// `; did you mean 'x'?`, or nothing.
    static func question(_ suggestion: String?) -> String {
        suggestion.map { "; did you mean \(quoted($0))?" } ?? ""
    }

    /// In quotes, unless it brings its own or stands in brackets.
    private static func quoted(_ text: String) -> String {
        text.hasPrefix("\"") || text.hasPrefix("[") ? text : "'\(text)'"
    }

    static func replacement(
        of span: SourceSpan, by text: String, _ applicability: Diagnostic.Fix.Applicability = .maybe
    ) -> Diagnostic.Fix {
        Diagnostic.Fix("write \(quoted(text))", [.init(span, text)], applicability)
    }

    /// The replacement of one text by what was meant: safe where both are the same but for capital letters, `-`, `_` and
    /// spaces, so that nothing else can have been meant.
    static func replacement(of span: SourceSpan, saying written: String, by meant: String) -> Diagnostic.Fix {
        func letters(_ text: String) -> String { text.lowercased().filter { !"-_ ".contains($0) } }
        return replacement(of: span, by: meant, letters(written) == letters(meant) ? .safe : .maybe)
    }

    /// The noun with `a` or `an`.
    static func indefinite(_ noun: String) -> String {
        let vowels: [Character] = ["a", "e", "i", "o", "u"]
        let first = noun.first ?? "x"
        return (vowels.contains(first) || noun.hasPrefix("HTTP") || noun.hasPrefix("SSH") ? "an " : "a ") + noun
    }

    /// Which keys a part has.
    static func keys(of table: PartTable) -> String {
        let names = table.keys.filter { $0.engine == .there }.map(\.name)
        return "\(indefinite(table.noun)) has the key\(names.count == 1 ? "" : "s") \(list(names))"
    }

    /// `a, b and c`; with another word, `a, b or c`.
    static func list(_ words: [String], _ word: String = "and") -> String {
        guard words.count > 1, let last = words.last else { return words.joined() }
        return words.dropLast().joined(separator: ", ") + " \(word) " + last
    }
}
