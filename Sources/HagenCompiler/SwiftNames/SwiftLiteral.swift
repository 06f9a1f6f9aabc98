/// Text as literals of Swift.
enum SwiftLiteral {
    /// In quotes. What cannot be seen is written as its number.
    static func text(_ text: String) -> String {
        var literal = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": literal += "\\\(scalar)"
            case "\n": literal += "\\n"
            case "\t": literal += "\\t"
            case "\r": literal += "\\r"
            default:
                if isVisible(scalar) {
                    literal.unicodeScalars.append(scalar)
                } else {
                    literal += "\\u{" + String(scalar.value, radix: 16) + "}"
                }
            }
        }
        return literal + "\""
    }

    /// A long text of one line as it is, between as many number signs as keep its own quotes and backslashes from
    /// meaning anything: the compiler of Swift reads megabytes of it in no time.
    ///
    /// - Precondition: The text has no line's end.
    static func raw(_ text: String) -> String {
        var (longest, run) = (0, 0)
        var isCounting = false
        for byte in text.utf8 {
            precondition(byte != 0x0A && byte != 0x0D, "a raw literal of one line has several lines")
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): (isCounting, run) = (true, 0)
            case UInt8(ascii: "#") where isCounting: run += 1
            default: isCounting = false
            }
            longest = max(longest, isCounting ? run : 0)
        }
        let signs = String(repeating: "#", count: longest + 1)
        // The one character that neither JSON escapes nor Swift takes as it is.
        let visible = text.utf8.contains(0x7F) ? text.replacing("\u{7F}", with: "\\\(signs)u{7f}") : text
        return "\(signs)\"\(visible)\"\(signs)"
    }

    static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: false
        default: true
        }
    }
}
