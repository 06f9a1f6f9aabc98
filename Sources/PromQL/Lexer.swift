/// Cuts a text into the tokens of PromQL. Every method leaves `position` behind what it took.
struct Lexer {
    private let bytes: [UInt8]
    private var position = 0
    /// Inside brackets a colon separates the range of a subquery from its step; elsewhere it is part of a name.
    private var isInsideBrackets = false

    init(_ text: String) { bytes = Array(text.utf8) }

    mutating func next() throws(PromQLError) -> Token {
        skipSpaceAndComments()
        let start = position
        guard let byte = peek() else { return Token(kind: .end, range: start..<start) }
        let kind: Token.Kind
        if byte.isDigit || (byte == UInt8(ascii: ".") && peek(1)?.isDigit == true) {
            kind = try numberOrDuration()
        } else if byte.isLetter || (byte == UInt8(ascii: ":") && !isInsideBrackets) {
            kind = .identifier(name())
        } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
            kind = .string(try quoted(by: byte))
        } else if byte == UInt8(ascii: "`") {
            kind = .string(try raw())
        } else if let mark = Token.Mark.allCases.first(where: { bytes[start...].starts(with: $0.rawValue.utf8) }) {
            position += mark.rawValue.utf8.count
            if mark == .leftBracket { isInsideBrackets = true }
            if mark == .rightBracket { isInsideBrackets = false }
            kind = .mark(mark)
        } else {
            let end = endOfCharacter(at: start)
            let character = String(decoding: bytes[start..<end], as: UTF8.self)
            throw .syntax("unexpected character '\(character)'", start..<end)
        }
        return Token(kind: kind, range: start..<position)
    }

    private func peek(_ distance: Int = 0) -> UInt8? {
        position + distance < bytes.count ? bytes[position + distance] : nil
    }

    private mutating func skip(while condition: (UInt8) -> Bool) {
        while let byte = peek(), condition(byte) { position += 1 }
    }

    private mutating func skipSpaceAndComments() {
        while let byte = peek() {
            if byte == UInt8(ascii: "#") {
                skip { $0 != UInt8(ascii: "\n") }
            } else if byte.isSpace {
                position += 1
            } else {
                return
            }
        }
    }

    private mutating func name() -> String {
        let start = position
        let takesColon = !isInsideBrackets
        skip { $0.isLetter || $0.isDigit || ($0 == UInt8(ascii: ":") && takesColon) }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private func endOfCharacter(at start: Int) -> Int {
        var end = start + 1
        while end < bytes.count, bytes[end] & 0xC0 == 0x80 { end += 1 }
        return end
    }
}

// MARK: - Numbers and durations

extension Lexer {
    private static let durationUnits = ["y", "w", "d", "h", "m", "s", "ms"]

    private mutating func numberOrDuration() throws(PromQLError) -> Token.Kind {
        let start = position
        if peek() == UInt8(ascii: "0"), let mark = peek(1), mark | 0x20 == UInt8(ascii: "x") {
            position += 2
            return .number(try hexadecimal(from: start))
        }
        skip(while: \.isDigit)
        if peek()?.isUnitStart == true { return try duration(from: start) }
        let isWhole = peek() != UInt8(ascii: ".")
        if !isWhole {
            position += 1
            skip(while: \.isDigit)
        }
        var hasExponent = false
        if let mark = peek(), mark | 0x20 == UInt8(ascii: "e") {
            hasExponent = true
            position += 1
            if peek() == UInt8(ascii: "+") || peek() == UInt8(ascii: "-") { position += 1 }
            skip(while: \.isDigit)
        }
        try endNumber(from: start)
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        // A leading zero makes a whole number octal where its digits allow it, as in Prometheus (and Go).
        if isWhole, !hasExponent, text.utf8.count > 1, text.first == "0", let octal = Int64(text, radix: 8) {
            return .number(Double(octal))
        }
        // What is beyond a double's range is refused, not taken as infinite.
        guard let value = Double(text.last == "." ? text + "0" : text.replacingLeadingPoint), value.isFinite else {
            throw .syntax("'\(text)' is not a number", start..<position)
        }
        return .number(value)
    }

    private mutating func hexadecimal(from start: Int) throws(PromQLError) -> Double {
        let digits = position
        skip(while: \.isHexadecimalDigit)
        let text = String(decoding: bytes[digits..<position], as: UTF8.self)
        try endNumber(from: start)
        guard let value = Int64(text, radix: 16) else {
            throw .syntax("a hexadecimal number has 1 to 16 digits and is below 2^63", start..<position)
        }
        return Double(value)
    }

    /// A number must not run into a name, a further number or a point.
    private mutating func endNumber(from start: Int) throws(PromQLError) {
        guard let byte = peek(), byte.isLetter || byte.isDigit || byte == UInt8(ascii: ".") else { return }
        skip { $0.isLetter || $0.isDigit || $0 == UInt8(ascii: ".") }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        throw .syntax("'\(text)' is neither a number nor a duration", start..<position)
    }

    private mutating func duration(from start: Int) throws(PromQLError) -> Token.Kind {
        position = start
        var units = Self.durationUnits[...]
        repeat {
            skip(while: \.isDigit)
            let unitStart = position
            skip(while: \.isLetter)
            let unit = String(decoding: bytes[unitStart..<position], as: UTF8.self)
            guard let index = units.firstIndex(of: unit) else {
                skip { $0.isLetter || $0.isDigit }
                let text = String(decoding: bytes[start..<position], as: UTF8.self)
                throw .syntax(
                    "'\(text)' is no duration: whole numbers with the units y w d h m s ms, the larger first",
                    start..<position)
            }
            units = units[(index + 1)...]
        } while peek()?.isDigit == true
        try endNumber(from: start)
        return .duration
    }
}

// MARK: - Strings

extension Lexer {
    private mutating func raw() throws(PromQLError) -> String {
        let start = position
        position += 1
        skip { $0 != UInt8(ascii: "`") }
        guard peek() != nil else { throw .syntax("the string has no end", start..<position) }
        position += 1
        return String(decoding: bytes[(start + 1)..<(position - 1)], as: UTF8.self)
    }

    private mutating func quoted(by quote: UInt8) throws(PromQLError) -> String {
        let start = position
        var content: [UInt8] = []
        position += 1
        while let byte = peek(), byte != UInt8(ascii: "\n") {
            position += 1
            if byte == quote {
                guard let text = String(validating: content, as: UTF8.self) else {
                    throw .syntax("the string's escapes do not make valid UTF-8", start..<position)
                }
                return text
            }
            if byte == UInt8(ascii: "\\") {
                content += try escape(in: quote)
            } else {
                content.append(byte)
            }
        }
        throw .syntax("the string has no end", start..<position)
    }

    /// What stands behind a backslash.
    private mutating func escape(in quote: UInt8) throws(PromQLError) -> [UInt8] {
        let start = position - 1
        guard let byte = peek() else { throw .syntax("the string has no end", start..<position) }
        if byte == quote || byte == UInt8(ascii: "\\") {
            position += 1
            return [byte]
        }
        let simple: [(name: Character, value: UInt8)] = [
            ("a", 7), ("b", 8), ("t", 9), ("n", 10), ("v", 11), ("f", 12), ("r", 13),
        ]
        if let (_, value) = simple.first(where: { $0.name.asciiValue == byte }) {
            position += 1
            return [value]
        }
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "7"):
            return [try byteValue(digits: 3, radix: 8, from: start)]
        case UInt8(ascii: "x"):
            position += 1
            return [try byteValue(digits: 2, radix: 16, from: start)]
        case UInt8(ascii: "u"), UInt8(ascii: "U"):
            position += 1
            let value = try digits(byte == UInt8(ascii: "u") ? 4 : 8, radix: 16, from: start)
            guard let scalar = Unicode.Scalar(value) else {
                throw .syntax("the escape names no Unicode character", start..<position)
            }
            return Array(String(Character(scalar)).utf8)
        default:
            let end = endOfCharacter(at: position)
            let text = String(decoding: bytes[start..<end], as: UTF8.self)
            throw .syntax("unknown escape '\(text)' in a string", start..<end)
        }
    }

    private mutating func byteValue(digits count: Int, radix: Int, from start: Int) throws(PromQLError) -> UInt8 {
        guard let value = UInt8(exactly: try digits(count, radix: radix, from: start)) else {
            throw .syntax("the escape is above 255", start..<position)
        }
        return value
    }

    private mutating func digits(_ count: Int, radix: Int, from start: Int) throws(PromQLError) -> UInt32 {
        let first = position
        while position < first + count, peek()?.isHexadecimalDigit == true { position += 1 }
        let text = String(decoding: bytes[first..<position], as: UTF8.self)
        guard position == first + count, let value = UInt32(text, radix: radix) else {
            throw .syntax("the escape needs \(count) digits", start..<position)
        }
        return value
    }
}

extension UInt8 {
    fileprivate var isDigit: Bool { (0x30...0x39).contains(self) }
    fileprivate var isHexadecimalDigit: Bool { isDigit || (0x61...0x66).contains(self | 0x20) }
    fileprivate var isLetter: Bool { (0x61...0x7A).contains(self | 0x20) || self == UInt8(ascii: "_") }
    fileprivate var isSpace: Bool { self == 0x20 || (0x09...0x0A).contains(self) || self == 0x0D }
    /// Whether a duration's unit may start with it; `e` is left to the exponents of numbers.
    fileprivate var isUnitStart: Bool { isLetter && self | 0x20 != UInt8(ascii: "e") }
}

extension String {
    fileprivate var replacingLeadingPoint: String { first == "." ? "0" + self : self }
}
