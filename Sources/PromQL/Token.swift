/// One word or mark of the text, and where it stands (offsets in UTF-8 bytes).
struct Token: Equatable {
    enum Kind: Equatable {
        case number(Double)
        case duration
        case string(String)
        /// Keywords too: almost all of them may also name a metric or a label, so the parser tells by the place.
        case identifier(String)
        case mark(Mark)
        case end
    }

    enum Mark: String, CaseIterable {
        // The longer ones stand first: the lexer takes the first that fits.
        case equal = "=="
        case notEqual = "!="
        case lessOrEqual = "<="
        case greaterOrEqual = ">="
        case matches = "=~"
        case matchesNot = "!~"
        case less = "<"
        case greater = ">"
        case assign = "="
        case plus = "+"
        case minus = "-"
        case times = "*"
        case divide = "/"
        case modulo = "%"
        case power = "^"
        case at = "@"
        case comma = ","
        case colon = ":"
        case leftParenthesis = "("
        case rightParenthesis = ")"
        case leftBrace = "{"
        case rightBrace = "}"
        case leftBracket = "["
        case rightBracket = "]"
    }

    var kind: Kind
    var range: Range<Int>

    /// How messages name it.
    var description: String {
        switch kind {
        case .number: "a number"
        case .duration: "a duration"
        case .string: "a string"
        case .identifier(let name): "'\(name)'"
        case .mark(let mark): "'\(mark.rawValue)'"
        case .end: "the end"
        }
    }
}
