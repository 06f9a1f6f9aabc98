/// Swift source without what is no code.
enum SwiftText {
    /// The lines with comments and the contents of string literals blanked; their number stays.
    ///
    /// Interpolations are blanked with the literal around them: what the house forbids does not hide there. A quote in
    /// a regular expression's literal blanks the rest of its line.
    static func code(_ text: String) -> [String] {
        var scanner = Scanner(Array(text.utf8))
        scanner.scan()
        return scanner.code.split(separator: newline, omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
    }

    private static let newline = UInt8(ascii: "\n")
    private static let quote = UInt8(ascii: "\"")
    private static let hash = UInt8(ascii: "#")

    private struct Scanner {
        let bytes: [UInt8]
        var position = 0
        var code: [UInt8] = []

        init(_ bytes: [UInt8]) { self.bytes = bytes }

        mutating func scan() {
            while position < bytes.count {
                switch bytes[position] {
                case UInt8(ascii: "/") where starts("//"): skip(to: "\n", isMultiline: false)
                case UInt8(ascii: "/") where starts("/*"): skip(to: "*/", isMultiline: true)
                case quote, hash: skipLiteral()
                default:
                    code.append(bytes[position])
                    position += 1
                }
            }
        }

        private mutating func skipLiteral() {
            let start = position
            while position < bytes.count, bytes[position] == hash { position += 1 }
            let hashes = String(repeating: "#", count: position - start)
            guard position < bytes.count, bytes[position] == quote else {
                code += bytes[start..<position]
                return
            }
            let quotes = starts("\"\"\"") ? "\"\"\"" : "\""
            position += quotes.count
            skip(to: quotes + hashes, isMultiline: quotes.count == 3, escapes: hashes.isEmpty)
            code += [quote, quote]
        }

        /// Passes the end; one that may not span lines ends before the next line at the latest. Line breaks stay.
        private mutating func skip(to end: String, isMultiline: Bool, escapes: Bool = false) {
            while position < bytes.count {
                if bytes[position] == newline {
                    guard isMultiline else { return }
                    code.append(newline)
                } else if starts(end) {
                    position += end.utf8.count
                    return
                } else if escapes, bytes[position] == UInt8(ascii: "\\"), position + 1 < bytes.count,
                    bytes[position + 1] != newline
                {
                    position += 1
                }
                position += 1
            }
        }

        private func starts(_ text: StaticString) -> Bool {
            text.withUTF8Buffer { bytes[position...].starts(with: $0) }
        }
        private func starts(_ text: String) -> Bool { bytes[position...].starts(with: text.utf8) }
    }
}
