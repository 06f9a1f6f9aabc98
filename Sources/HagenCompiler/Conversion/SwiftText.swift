internal import Hagen

/// Values of the model as they are written in Swift.
enum SwiftText {
    /// A string literal of one line; one with quotes or backslashes is raw where that needs no escape.
    static func literal(_ text: String) -> String {
        let isRaw =
            text.unicodeScalars.contains { $0 == "\"" || $0 == "\\" }
            && text.unicodeScalars.allSatisfy(SwiftLiteral.isVisible) && !text.contains("\"#") && !text.contains("\\#")
        return isRaw ? "#\"\(text)\"#" : SwiftLiteral.text(text)
    }

    private static let durations: [(name: String, nanoseconds: Int64)] = [
        ("days", 86_400_000_000_000), ("hours", 3_600_000_000_000), ("minutes", 60_000_000_000),
        ("seconds", 1_000_000_000), ("milliseconds", 1_000_000), ("microseconds", 1_000),
    ]

    /// In the largest unit that divides it.
    static func duration(_ duration: Duration) -> String {
        let nanoseconds = duration.nanoseconds
        if nanoseconds == 0 { return ".zero" }
        for unit in durations where nanoseconds % unit.nanoseconds == 0 {
            return ".\(unit.name)(\(grouped(nanoseconds / unit.nanoseconds)))"
        }
        return ".nanoseconds(\(grouped(nanoseconds)))"
    }

    private static let sizes: [(name: String, bytes: Int64)] = [
        ("gibibytes", 1 << 30), ("gigabytes", 1_000_000_000), ("mebibytes", 1 << 20), ("megabytes", 1_000_000),
    ]

    /// In the largest unit that divides it.
    static func byteCount(_ size: ByteCount) -> String {
        if size.bytes != 0 {
            for unit in sizes where size.bytes % unit.bytes == 0 {
                return ".\(unit.name)(\(grouped(size.bytes / unit.bytes)))"
            }
        }
        return ".bytes(\(grouped(size.bytes)))"
    }

    static func ratio(_ ratio: Ratio) -> String { ".percent(\(ratio.text.dropLast()))" }

    /// With `_` between thousands, as the formatter wants long numbers.
    private static func grouped(_ number: Int64) -> String {
        let digits = String(number.magnitude)
        guard digits.count > 6 else { return String(number) }
        var groups: [Substring] = []
        var rest = digits[...]
        while !rest.isEmpty {
            groups.insert(rest.suffix(3), at: 0)
            rest = rest.dropLast(min(3, rest.count))
        }
        return (number < 0 ? "-" : "") + groups.joined(separator: "_")
    }
}
