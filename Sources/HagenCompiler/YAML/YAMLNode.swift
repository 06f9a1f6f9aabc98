internal import Hagen

/// A part of a YAML document, with the place where it was written. What an alias stands for is the anchored part itself.
struct YAMLNode: Sendable {
    enum Content: Sendable {
        case scalar(YAMLScalar)
        case sequence([YAMLNode])
        case mapping([YAMLEntry])
        /// Something was wrong here and has been reported: whoever reads it says no more.
        case broken
    }

    var content: Content
    /// The number of the file that it was written in.
    var file: UInt16
    /// Of a mapping: a key of it was refused, or given twice. What it lacks may have been meant by that one.
    var isIncomplete = false
    var start: SourceSpan.Position
    /// The place after the last character.
    var end: SourceSpan.Position
    /// How many nodes this is, itself and all aliases resolved; saturates.
    var weight = 1

    var scalar: YAMLScalar? { if case .scalar(let scalar) = content { scalar } else { nil } }
    var entries: [YAMLEntry]? { if case .mapping(let entries) = content { entries } else { nil } }
    var items: [YAMLNode]? { if case .sequence(let items) = content { items } else { nil } }

    func span(in files: FileNames) -> SourceSpan { SourceSpan(file: files[file], start: start, end: end) }
}

/// One key of a mapping with its value, both of one file. Keys are text; no two of a mapping are the same.
struct YAMLEntry: Sendable {
    var key: String
    var keyStart: SourceSpan.Position
    var keyEnd: SourceSpan.Position
    var value: YAMLNode

    func keySpan(in files: FileNames) -> SourceSpan {
        SourceSpan(file: files[value.file], start: keyStart, end: keyEnd)
    }
}

/// A scalar: its text, and whether it stands without quotes, so that it may mean a number, a truth or nothing.
struct YAMLScalar: Sendable {
    var text: String
    var isPlain: Bool

    /// What the text means by the core schema of YAML 1.2.2, section 10.3.2: there `no` is a text.
    enum Meaning: Equatable, Sendable {
        case null
        case boolean(Bool)
        /// `nil` beyond 64 bits.
        case integer(Int?)
        case number(Double)
        case text
    }

    var meaning: Meaning {
        guard isPlain, let first = text.utf8.first else { return isPlain ? .null : .text }
        switch first {
        case UInt8(ascii: "~"), UInt8(ascii: "n"), UInt8(ascii: "N"), UInt8(ascii: "t"), UInt8(ascii: "T"),
            UInt8(ascii: "f"), UInt8(ascii: "F"):
            switch text {
            case "~", "null", "Null", "NULL": return .null
            case "true", "True", "TRUE": return .boolean(true)
            case "false", "False", "FALSE": return .boolean(false)
            default: return .text
            }
        case UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "0")...UInt8(ascii: "9"):
            return number ?? .text
        default: return .text
        }
    }

    private var number: Meaning? {
        let unsigned =
            text.utf8.first.map { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "-") } == true
            ? text.utf8.dropFirst() : text.utf8[...]
        if unsigned.allSatisfy(\.isDigit), !unsigned.isEmpty { return .integer(Int(text)) }
        if text.hasPrefix("0o") { return radix(8) }
        if text.hasPrefix("0x") { return radix(16) }
        if [".inf", ".Inf", ".INF"].contains(String(unsigned) ?? "") {
            return .number(text.hasPrefix("-") ? -.infinity : .infinity)
        }
        if [".nan", ".NaN", ".NAN"].contains(text) { return .number(.nan) }
        return Self.isDecimal(unsigned) ? .number(Double(text) ?? .infinity) : nil
    }

    private func radix(_ radix: Int) -> Meaning? {
        let digits = text.dropFirst(2)
        guard !digits.isEmpty, digits.allSatisfy({ $0.isASCII && ($0.hexDigitValue ?? 16) < radix }) else { return nil }
        return .integer(Int(digits, radix: radix))
    }

    /// `(\.[0-9]+ | [0-9]+(\.[0-9]*)?) ([eE][-+]?[0-9]+)?`
    private static func isDecimal(_ text: Substring.UTF8View) -> Bool {
        let whole = text.prefix(while: \.isDigit)
        var rest = text.dropFirst(whole.count)
        var fraction = 0
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst()
            fraction = rest.prefix(while: \.isDigit).count
            rest = rest.dropFirst(fraction)
        }
        guard !whole.isEmpty || fraction > 0 else { return false }
        guard let exponent = rest.first else { return true }
        guard exponent == UInt8(ascii: "e") || exponent == UInt8(ascii: "E") else { return false }
        rest = rest.dropFirst()
        if let sign = rest.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { rest = rest.dropFirst() }
        return !rest.isEmpty && rest.allSatisfy(\.isDigit)
    }
}

extension UInt8 {
    var isDigit: Bool { self >= 0x30 && self <= 0x39 }
}

extension YAMLScalar {
    /// The number that it means, if it means one.
    var integer: Int? { if case .integer(let value) = meaning { value } else { nil } }
}
