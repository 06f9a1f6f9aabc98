/// One scalar as YAML: plain where no reader can take it for anything but this text, else in quotes.
///
/// Prometheus and Alertmanager read YAML 1.1, where `no`, `12:30` and `2026-01-01` are no strings; what is plain here is
/// a string in both versions.
enum YAMLScalarText {
    /// - Parameter isInFlow: whether it stands between brackets or braces, where these and commas mean something.
    static func text(_ text: String, isInFlow: Bool) -> String {
        if needsEscapes(text) { return "\"" + text.unicodeScalars.map(escaped).joined() + "\"" }
        if isPlain(text, isInFlow: isInFlow) { return text }
        return "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
    }

    static func text(of number: Double) -> String {
        if number.isNaN { return ".nan" }
        if number.isInfinite { return number < 0 ? "-.inf" : ".inf" }
        return number.description
    }

    // MARK: Plain or quoted

    private static func isPlain(_ text: String, isInFlow: Bool) -> Bool {
        let bytes = Array(text.utf8)
        guard let first = bytes.first, let last = bytes.last else { return false }
        guard !"-+?:,[]{}#&*!|>'\"%@`=<~. ".utf8.contains(first), !" :".utf8.contains(last) else { return false }
        for (byte, next) in zip(bytes, bytes.dropFirst()) {
            if byte == UInt8(ascii: ":"), next == UInt8(ascii: " ") || isInFlow && ",[]{}".utf8.contains(next) {
                return false
            }
            if byte == UInt8(ascii: " "), next == UInt8(ascii: "#") { return false }
        }
        // A question mark ends a plain text there for PyYAML.
        if isInFlow, bytes.contains(where: { ",[]{}?".utf8.contains($0) }) { return false }
        return !reserved.contains(text.lowercased()) && !looksNumeric(bytes)
    }

    /// Compared in lower case: more than the readers take, so that no spelling of a person surprises them.
    private static let reserved: Set<String> = ["null", "true", "false", "yes", "no", "on", "off", "y", "n"]

    /// Whether a reader of either version may see a number, a time or a date: it has the letters of none but these.
    private static func looksNumeric(_ bytes: [UInt8]) -> Bool {
        guard let first = bytes.first, isDigit(first) else { return false }
        if bytes.count > 2, first == UInt8(ascii: "0"), "xobXOB".utf8.contains(bytes[1]) { return true }
        let isDate = bytes.count > 5 && bytes.prefix(4).allSatisfy(isDigit) && bytes[4] == UInt8(ascii: "-")
        guard !isDate else { return true }
        // An address has several points; no number has.
        return bytes.allSatisfy { isDigit($0) || "_.:eE+-".utf8.contains($0) }
            && bytes.count { $0 == UInt8(ascii: ".") } < 2
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    // MARK: Escapes

    /// Whether it holds what only double quotes can say: controls, line breaks of any kind, the byte-order mark.
    private static func needsEscapes(_ text: String) -> Bool { text.unicodeScalars.contains(where: mustEscape) }

    private static func mustEscape(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F...0x9F, 0x2028, 0x2029, 0xFEFF, 0xFFFE, 0xFFFF: true
        default: false
        }
    }

    private static func escaped(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\"": return "\\\""
        case "\\": return "\\\\"
        case "\n": return "\\n"
        case "\t": return "\\t"
        case "\r": return "\\r"
        default:
            guard mustEscape(scalar) else { return String(scalar) }
            let digits = String(scalar.value, radix: 16, uppercase: true)
            let width = scalar.value < 0x100 ? 2 : 4
            return "\\" + (width == 2 ? "x" : "u") + String(repeating: "0", count: width - digits.count) + digits
        }
    }
}
