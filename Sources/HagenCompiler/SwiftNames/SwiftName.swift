/// Names of a topology as names of Swift.
///
/// `orders-rw` becomes `ordersRw`. Where two names of one kind would become the same, and where a digit comes first, each
/// stands as it was written, in backticks (a raw identifier, SE-0451): so a name in Swift never passes from one part of
/// a topology to another because a third one was added.
enum SwiftName {
    /// A name for each, as it stands in source, by what it was made of.
    ///
    /// - Parameter taken: Names of the same scope that are not theirs.
    static func names(for texts: [String], taken: Set<String>) -> [String: String] {
        let plain = Dictionary(grouping: Set(texts)) { camelCase($0) }
        var names: [String: String] = [:]
        var used = taken.union(unusable)
        for (identifier, texts) in plain.sorted(by: { $0.key < $1.key }) {
            for text in texts.sorted() {
                var name = texts.count == 1 && isIdentifier(identifier) ? identifier : text
                // Only for what is taken: the two forms of different names never meet.
                while used.contains(name) { name += "_" }
                used.insert(name)
                names[text] = quoted(name)
            }
        }
        return names
    }

    /// The name of the type that stands for a topology: `my-shop` becomes `MyShop`. It stands beside the types of the
    /// standard library, so it takes none of their names.
    static func typeName(for text: String) -> String {
        let name = camelCase(text)
        guard let first = name.first, first.isLetter else { return "Topology" + name }
        let type = first.uppercased() + name.dropFirst()
        return standardTypes.contains(type) || type == NamesSource.sharedType || unusable.contains(type)
            ? type + "Topology" : type
    }

    /// Whether the text needs no backticks but for being a keyword.
    static func isIdentifier(_ text: String) -> Bool {
        guard let first = text.utf8.first, !(0x30...0x39).contains(first) else { return false }
        return text.utf8.allSatisfy {
            (0x30...0x39).contains($0) || (0x61...0x7A).contains($0 | 0x20) || $0 == UInt8(ascii: "_")
        }
    }

    /// Two numbers that meet keep an underscore between them. Its results are their own.
    private static func camelCase(_ text: String) -> String {
        let parts = text.split { $0 == "-" || $0 == "_" || $0 == "." }
        return parts.dropFirst().reduce(into: String(parts.first ?? "")) { name, part in
            guard let last = name.last, let first = part.first else { return }
            if last.isNumber && first.isNumber { name += "_" }
            name += first.uppercased() + part.dropFirst()
        }
    }

    private static func quoted(_ name: String) -> String {
        isIdentifier(name) && !keywords.contains(name) ? name : "`\(name)`"
    }

    /// What no member can be called, in backticks or not, because it means something after a dot.
    private static let unusable: Set<String> = ["Type", "Protocol", "self", "Self", "init"]

    static let keywords: Set<String> = [
        "Any", "as", "associatedtype", "async", "await", "break", "case", "catch", "class", "continue", "default",
        "defer", "deinit", "do", "else", "enum", "extension", "fallthrough", "false", "fileprivate", "for", "func",
        "guard", "if", "import", "in", "inout", "internal", "is", "let", "nil", "operator", "precedencegroup",
        "private", "protocol", "public", "repeat", "rethrows", "return", "static", "struct", "subscript", "super",
        "switch", "throw", "throws", "true", "try", "typealias", "var", "where", "while", "_",
    ]

    private static let standardTypes: Set<String> = [
        "Any", "AnyObject", "Array", "Bool", "Character", "Clock", "Codable", "Collection", "Comparable",
        "ContinuousClock", "CustomStringConvertible", "Decodable", "Decoder", "Dictionary", "Double", "Duration",
        "Encodable", "Encoder", "Equatable", "Error", "Float", "Hashable", "Identifiable", "Int", "Iterator", "Main",
        "MainActor", "Mirror", "Never", "Optional", "Range", "Regex", "Result", "Sendable", "Sequence", "Set", "Slice",
        "String", "Substring", "SuspendingClock", "Swift", "Task", "TaskGroup", "UInt", "Unicode", "Void",
    ]
}
