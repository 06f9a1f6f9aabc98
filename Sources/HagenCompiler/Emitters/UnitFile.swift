internal import Hagen

/// A systemd unit, written so that a value can never become anything but a value: specifiers (`%`), variables (`$`) and
/// quotes are escaped after systemd.syntax(7) and systemd.service(5), and what cannot be said is refused.
package struct UnitFile: Equatable, Sendable {
    package struct Section: Equatable, Sendable {
        package var name: String
        package var settings: [Setting]

        package init(name: String, settings: [Setting]) {
            self.name = name
            self.settings = settings
        }
    }

    package struct Setting: Equatable, Sendable {
        package var key: String
        package var value: Value
        /// Stands above the setting: why it is as it is.
        package var comment: String?

        package init(_ key: String, _ value: Value, because comment: String? = nil) {
            self.key = key
            self.value = value
            self.comment = comment
        }
    }

    package enum Value: Equatable, Sendable {
        /// One value that reaches to the end of the line.
        case text(String)
        /// A list; a word with a space or a quote in it is quoted. No words: the list is emptied.
        case words([String])
        /// A program, by its absolute path, and its arguments.
        case command([String])
        case flag(Bool)
        case number(Int)
        /// Rounded up to milliseconds.
        case duration(Duration)
    }

    /// Why a value cannot stand in a unit.
    package struct Refusal: Error, Equatable, CustomStringConvertible {
        package let key: String
        package let value: String
        package let reason: String
        package var description: String { "\(key)= cannot have the value \(value.debugDescription): \(reason)" }
    }

    package var sections: [Section]

    package init(sections: [Section]) { self.sections = sections }

    package func text() throws(Refusal) -> String {
        var lines: [String] = []
        for section in sections {
            if !lines.isEmpty { lines.append("") }
            lines.append("[\(section.name)]")
            for setting in section.settings {
                if let comment = setting.comment {
                    try Self.refuseControlCharacters(comment, key: setting.key)
                    lines.append("# \(comment)")
                }
                lines.append("\(setting.key)=\(try Self.text(of: setting.value, key: setting.key))")
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func text(of value: Value, key: String) throws(Refusal) -> String {
        switch value {
        case .flag(let flag): return flag ? "yes" : "no"
        case .number(let number): return String(number)
        case .duration(let duration):
            let (whole, rest) = max(duration, .zero).nanoseconds.quotientAndRemainder(dividingBy: 1_000_000)
            let milliseconds = whole + (rest > 0 ? 1 : 0)
            return milliseconds % 1000 == 0 ? "\(milliseconds / 1000)s" : "\(milliseconds)ms"
        case .text(let text):
            try refuseControlCharacters(text, key: key)
            if text.hasSuffix("\\") {
                throw Refusal(key: key, value: text, reason: "a backslash at the end would join the next line to it")
            }
            return text.replacing("%", with: "%%")
        case .words(let words):
            var quotedWords: [String] = []
            for word in words {
                try refuseControlCharacters(word, key: key)
                quotedWords.append(quoted(word))
            }
            return quotedWords.joined(separator: " ")
        case .command(let words):
            guard let program = words.first, program.hasPrefix("/") else {
                throw Refusal(key: key, value: words.first ?? "", reason: "a program needs an absolute path")
            }
            var quotedWords: [String] = []
            for word in words {
                try refuseControlCharacters(word, key: key)
                quotedWords.append(quoted(word).replacing("$", with: "$$"))
            }
            return quotedWords.joined(separator: " ")
        }
    }

    /// Quotes only where the word would be read otherwise, so that ordinary units stay readable.
    private static func quoted(_ word: String) -> String {
        let escaped = word.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("%", with: "%%")
        let isPlain = !word.isEmpty && !word.contains { " \"'\\;".contains($0) }
        return isPlain ? escaped : "\"\(escaped)\""
    }

    private static func refuseControlCharacters(_ text: String, key: String) throws(Refusal) {
        if text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) {
            throw Refusal(key: key, value: text, reason: "a line break or another control character ends or hides it")
        }
    }
}
