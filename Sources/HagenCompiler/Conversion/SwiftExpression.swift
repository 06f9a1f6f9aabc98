/// An expression of Swift while a source is written, laid out as `swift format` does with the project's configuration:
/// one line where it fits, else as many parts a line as fit.
indirect enum SwiftExpression: Sendable {
    case code(String)
    case call(String, [Argument])
    case list([SwiftExpression])
    case dictionary([(key: String, value: String)])

    struct Argument: Sendable {
        var label: String?
        var value: SwiftExpression

        init(_ label: String?, _ value: SwiftExpression) {
            self.label = label
            self.value = value
        }

        fileprivate var prefix: String { label.map { $0 + ": " } ?? "" }
    }

    static func text(_ text: String) -> SwiftExpression { .code(SwiftText.literal(text)) }
    static func texts(_ texts: [String]) -> SwiftExpression { .list(texts.map { .text($0) }) }

    // MARK: Layout

    private static let width = 120

    /// The text of an expression whose line begins at a column.
    ///
    /// - Parameters:
    ///   - prefix: What stands before it on its first line: `let api = `.
    ///   - after: How much stands after it on its last line.
    func text(indentation: Int, prefix: String = "", after: Int = 0) -> String {
        String(repeating: " ", count: indentation) + prefix
            + layout(column: indentation + prefix.count, indentation: indentation, after: after)
    }

    var line: String {
        switch self {
        case .code(let text): text
        case .call(let name, let arguments):
            name + "(" + arguments.map { $0.prefix + $0.value.line }.joined(separator: ", ") + ")"
        case .list(let items): "[" + items.map(\.line).joined(separator: ", ") + "]"
        case .dictionary(let entries):
            entries.isEmpty
                ? "[:]"
                : "["
                    + entries.map { "\(SwiftText.literal($0.key)): \(SwiftText.literal($0.value))" }
                    .joined(separator: ", ") + "]"
        }
    }

    /// - Parameters:
    ///   - column: Where it begins.
    ///   - indentation: Of the line that it begins on.
    ///   - after: How much follows it on its last line.
    private func layout(column: Int, indentation: Int, after: Int) -> String {
        let line = self.line
        if column + line.count + after <= Self.width { return line }
        switch self {
        case .code: return line
        case .call(let name, let arguments):
            guard !arguments.isEmpty else { return line }
            return name + "("
                + Self.fill(arguments.map { ($0.prefix, $0.value) }, indentation: indentation + 4, after: after + 1)
                + ")"
        case .list(let items):
            return bracketed(items.map { ("", $0) }, indentation)
        case .dictionary(let entries):
            return bracketed(
                entries.map { ("\(SwiftText.literal($0.key)): ", .code(SwiftText.literal($0.value))) }, indentation)
        }
    }

    private func bracketed(_ parts: [(prefix: String, value: SwiftExpression)], _ indentation: Int) -> String {
        "[" + Self.fill(parts, indentation: indentation + 4, after: 1) + (parts.count > 1 ? ",\n" : "\n")
            + String(repeating: " ", count: indentation) + "]"
    }

    private static func fill(
        _ parts: [(prefix: String, value: SwiftExpression)], indentation: Int, after: Int
    ) -> String {
        let margin = "\n" + String(repeating: " ", count: indentation)
        var text = ""
        var column = Self.width + 1
        for (index, part) in parts.enumerated() {
            let isLast = index == parts.count - 1
            let length = part.prefix.count + part.value.line.count + (isLast ? after : 1)
            if index > 0, column + 1 + length <= Self.width {
                text += " "
                column += 1
            } else {
                text += margin
                column = indentation
            }
            let laidOut = part.value.layout(
                column: column + part.prefix.count, indentation: indentation, after: isLast ? after : 1)
            text += part.prefix + laidOut + (isLast ? "" : ",")
            // After a part that took several lines the next one begins a line of its own.
            column = laidOut.contains("\n") ? Self.width + 1 : column + length
        }
        return text
    }
}

/// A statement of Swift: an expression, and the declarations in its braces.
struct SwiftStatement: Sendable {
    var expression: SwiftExpression
    /// Stands before the expression: `let api = `.
    var prefix = ""
    /// `nil`: it has no braces.
    var body: [SwiftStatement]?

    init(_ expression: SwiftExpression, prefix: String = "", body: [SwiftStatement]? = nil) {
        self.expression = expression
        self.prefix = prefix
        self.body = body
    }

    /// Its lines from a column on, without the last line's end.
    func text(indentation: Int) -> String {
        var head = expression.text(indentation: indentation, prefix: prefix, after: body == nil ? 0 : 2)
        guard let body else { return head }
        // The formatter closes a call of several lines on a line of its own where braces follow.
        if head.contains("\n"), head.hasSuffix(")") {
            head = head.dropLast() + "\n" + String(repeating: " ", count: indentation) + ")"
        }
        return head + " {\n" + body.map { $0.text(indentation: indentation + 4) + "\n" }.joined()
            + String(repeating: " ", count: indentation) + "}"
    }
}

/// The arguments of a call while it is written: what is unsaid has none.
struct SwiftArguments {
    private(set) var arguments: [SwiftExpression.Argument] = []

    init(_ first: SwiftExpression...) { arguments = first.map { .init(nil, $0) } }

    mutating func add(_ label: String?, _ value: SwiftExpression?) {
        if let value { arguments.append(.init(label, value)) }
    }
    mutating func add(_ label: String?, _ number: Int?) { add(label, number.map { .code("\($0)") }) }
    mutating func add(_ label: String?, _ text: String?) { add(label, text.map { .text($0) }) }
    mutating func add(_ label: String?, _ duration: Duration?) {
        add(label, duration.map { .code(SwiftText.duration($0)) })
    }
    mutating func add(_ label: String?, _ flag: Bool, unless usual: Bool) {
        if flag != usual { add(label, .code("\(flag)")) }
    }
    mutating func add(_ label: String?, _ texts: [String: String]) {
        guard !texts.isEmpty else { return }
        add(label, .dictionary(texts.sorted { $0.key < $1.key }))
    }

    func call(_ name: String) -> SwiftExpression { .call(name, arguments) }
}
