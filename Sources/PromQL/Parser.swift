/// Reads an alert's condition: `SELECTOR OP NUMBER` or `NUMBER OP SELECTOR`, in parentheses or not.
///
/// - Throws: an error of the kind `syntax` where the text is not PromQL; of the kind `notSupported`, for the part that
///   starts first, where it is PromQL that is not evaluated yet.
package func parse(_ text: String) throws(PromQLError) -> Expression {
    guard text.utf8.count <= Parser.longestText else {
        throw .notSupported(.longText, Parser.longestText..<text.utf8.count)
    }
    var parser = try Parser(text)
    return try parser.condition()
}

/// Reads the whole grammar of PromQL, and checks the types of its parts as Prometheus does; of what is not evaluated
/// it keeps no more than that it was there.
///
/// The grammar is that of Prometheus 3.0 without its experimental parts. Binary operators are read by precedence
/// climbing: loops for what is left-associative, recursion, bounded, for what nests.
struct Parser {
    static let longestText = 65_536
    static let deepestNesting = 100

    /// A part of the expression.
    struct Part {
        enum Form {
            case number(Double)
            case selector(VectorSelector)
            case condition(Expression)
            case other
        }
        var type: ValueType
        var form: Form
        var range: Range<Int>
        /// A selector without parentheses, to which modifiers may be given.
        var isModifiable = false
    }

    private var lexer: Lexer
    private(set) var token: Token
    private(set) var previousEnd = 0
    private var depth = 0
    private var refused: PromQLError?
    var isRefused: Bool { refused != nil }

    init(_ text: String) throws(PromQLError) {
        lexer = Lexer(text)
        token = try lexer.next()
    }

    mutating func condition() throws(PromQLError) -> Expression {
        if token.kind == .end { throw .syntax("the expression is empty", token.range) }
        let part = try expression()
        guard token.kind == .end else {
            throw .syntax("unexpected \(token.description) behind the expression", token.range)
        }
        if let refused { throw refused }
        guard case .condition(let expression) = part.form else {
            throw .notSupported(.withoutComparison, part.range)
        }
        return expression
    }

    // MARK: - Steps of the rules

    @discardableResult
    mutating func advance() throws(PromQLError) -> Token {
        let taken = token
        previousEnd = taken.range.upperBound
        token = try lexer.next()
        return taken
    }

    func stands(_ mark: Token.Mark) -> Bool { token.kind == .mark(mark) }

    mutating func take(_ mark: Token.Mark) throws(PromQLError) -> Bool {
        guard stands(mark) else { return false }
        try advance()
        return true
    }

    mutating func expect(_ mark: Token.Mark, _ place: String) throws(PromQLError) {
        guard try take(mark) else {
            throw .syntax("expected '\(mark.rawValue)' \(place), found \(token.description)", token.range)
        }
    }

    /// The next token as a keyword: in lower case, as PromQL's keywords know no case. `nil` where it is no identifier.
    var keyword: String? {
        if case .identifier(let name) = token.kind { name.lowercased() } else { nil }
    }

    mutating func takeKeyword(_ keywords: String...) throws(PromQLError) -> String? {
        guard let keyword, keywords.contains(keyword) else { return nil }
        try advance()
        return keyword
    }

    /// Remembers what is not evaluated; of several parts the one that starts first, and of these the inner, is told.
    mutating func refuse(_ feature: PromQLError.Feature, _ range: Range<Int>) {
        if let refused, refused.range.lowerBound <= range.lowerBound { return }
        refused = .notSupported(feature, range)
    }

    mutating func nested<Result>(
        _ body: (inout Parser) throws(PromQLError) -> Result
    ) throws(PromQLError) -> Result {
        guard depth < Self.deepestNesting else { throw .notSupported(.deepNesting, token.range) }
        depth += 1
        defer { depth -= 1 }
        return try body(&self)
    }

    func require(_ part: Part, _ type: ValueType, _ place: String) throws(PromQLError) {
        guard part.type == type else {
            throw .syntax("\(place) must be \(type.rawValue), not \(part.type.rawValue)", part.range)
        }
    }
}
