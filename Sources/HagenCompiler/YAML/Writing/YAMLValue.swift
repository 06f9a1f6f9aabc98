/// A document to be written as YAML. Mappings keep their order; nothing is sorted.
package indirect enum YAMLValue: Equatable, Sendable {
    /// Text that every reader, of YAML 1.1 or 1.2, takes as a string: quoted where it would be anything else.
    case text(String)
    case integer(Int)
    case decimal(Double)
    case flag(Bool)
    case null
    case list([YAMLValue], Layout = .block)
    case mapping([Entry], Layout = .block)

    package enum Layout: Equatable, Sendable {
        /// One line for each part.
        case block
        /// `[a, b]` or `{a: b}` where that fits its line and no part has a comment; else as a block.
        case line
    }

    package struct Entry: Equatable, Sendable {
        package var key: String
        package var value: YAMLValue
        /// Stands above the entry, each of its lines as a comment.
        package var comment: String?
        /// The key is a word of a language whose readers all know YAML 1.2: it needs no quotes, were it `on`.
        package var isWord = false

        package init(_ key: String, _ value: YAMLValue, because comment: String? = nil) {
            self.key = key
            self.value = value
            self.comment = comment
        }
    }

    /// Entries of text, sorted by key.
    package static func texts(_ values: [String: String], _ layout: Layout = .block) -> YAMLValue {
        .mapping(values.sorted { $0.key < $1.key }.map { Entry($0.key, .text($0.value)) }, layout)
    }
}

extension YAMLValue: ExpressibleByStringLiteral {
    package init(stringLiteral value: String) { self = .text(value) }
}
