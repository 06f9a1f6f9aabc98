/// A JSON value whose objects keep the order in which they were made: in a schema, editors offer keys in that order.
enum OrderedJSON: Equatable, Sendable {
    case null
    case boolean(Bool)
    case integer(Int)
    /// A number that is not whole, as it is written.
    case number(String)
    case text(String)
    case list([OrderedJSON])
    case object([Member])

    struct Member: Equatable, Sendable {
        var name: String
        var value: OrderedJSON

        init(_ name: String, _ value: OrderedJSON) {
            self.name = name
            self.value = value
        }
    }

    static func texts(_ texts: [String]) -> OrderedJSON { .list(texts.map { .text($0) }) }
}

extension OrderedJSON: ExpressibleByDictionaryLiteral, ExpressibleByStringLiteral {
    init(dictionaryLiteral members: (String, OrderedJSON)...) {
        self = .object(members.map { Member($0.0, $0.1) })
    }
    init(stringLiteral text: String) { self = .text(text) }
}

// MARK: - As text

extension OrderedJSON {
    private static let width = 100

    /// Two spaces a level; what fits into a line of 100 characters stands in one. Ends with a line's end.
    var document: String {
        var text = ""
        write(to: &text, indentation: 0, before: 0)
        return text + "\n"
    }

    /// - Parameter before: How much of the first line is taken already.
    private func write(to text: inout String, indentation: Int, before: Int) {
        let line = self.line
        let parts = self.parts
        if parts.isEmpty || before + line.count < Self.width {
            text += line
            return
        }
        let (open, close) = if case .object = self { ("{", "}") } else { ("[", "]") }
        let margin = String(repeating: " ", count: indentation + 2)
        text += open
        for (index, part) in parts.enumerated() {
            text += (index == 0 ? "\n" : ",\n") + margin + part.label
            part.value.write(to: &text, indentation: indentation + 2, before: indentation + 2 + part.label.count)
        }
        text += "\n" + String(repeating: " ", count: indentation) + close
    }

    private var parts: [(label: String, value: OrderedJSON)] {
        switch self {
        case .list(let items): items.map { ("", $0) }
        case .object(let members): members.map { (Self.quoted($0.name) + ": ", $0.value) }
        default: []
        }
    }

    private var line: String {
        switch self {
        case .null: "null"
        case .boolean(let value): value ? "true" : "false"
        case .integer(let value): "\(value)"
        case .number(let text): text
        case .text(let text): Self.quoted(text)
        case .list: "[" + parts.map(\.value.line).joined(separator: ", ") + "]"
        case .object: "{" + parts.map { $0.label + $0.value.line }.joined(separator: ", ") + "}"
        }
    }

    /// In quotes, escaped by RFC 8259, section 7.
    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            case "\r": result += "\\r"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}

extension OrderedJSON {
    /// What a part of a YAML document is by the core schema; `nil` for what was broken.
    init?(_ node: YAMLNode) {
        switch node.content {
        case .broken: return nil
        case .sequence(let items): self = .list(items.compactMap(OrderedJSON.init))
        case .mapping(let entries):
            self = .object(entries.compactMap { entry in OrderedJSON(entry.value).map { Member(entry.key, $0) } })
        case .scalar(let scalar):
            switch scalar.meaning {
            case .null: self = .null
            case .boolean(let value): self = .boolean(value)
            case .integer(let value?): self = .integer(value)
            case .number(let value) where value.isFinite: self = .number("\(value)")
            case .integer, .number, .text: self = .text(scalar.text)
            }
        }
    }
}
