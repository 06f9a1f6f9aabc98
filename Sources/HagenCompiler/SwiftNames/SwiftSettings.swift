/// How a topology's file wants to be seen in Swift, said in a comment before its first line of YAML:
///
///     # hagen-swift: access=public name=Production
package struct SwiftSettings: Equatable, Sendable {
    /// Who may use the names; raw values are Swift's words.
    package enum Access: String, Equatable, Comparable, Sendable, CaseIterable {
        case `internal`, package, `public`

        /// The narrower is less.
        package static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }

        private var rank: Int {
            switch self {
            case .internal: 0
            case .package: 1
            case .public: 2
            }
        }

        /// What stands before a declaration.
        var prefix: String { self == .internal ? "" : rawValue + " " }
    }

    package var access: Access
    /// Of the type that stands for the topology; `nil`: made of the topology's name.
    package var name: String?

    package init(access: Access = .internal, name: String? = nil) {
        self.access = access
        self.name = name
    }

    /// A setting that means nothing.
    package struct Mistake: Error, Equatable, Sendable {
        package var line: Int
        package var message: String
    }

    /// Reads them from a file; a file without the comment has the settings that hold without it.
    package static func read(_ source: Source) throws(Mistake) -> SwiftSettings {
        var settings = SwiftSettings()
        for number in 1...source.lineCount {
            guard let bytes = source.line(number) else { break }
            let line = String(decoding: bytes, as: UTF8.self)
            let words = line.split(whereSeparator: \.isWhitespace)
            guard let first = words.first else { continue }
            guard first.hasPrefix("#") else { break }
            guard first == "#", words.count > 1, words[1] == "hagen-swift:" else { continue }
            for word in words.dropFirst(2) { try settings.set(word, line: number) }
        }
        return settings
    }

    private mutating func set(_ word: Substring, line: Int) throws(Mistake) {
        let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        switch (parts[0], parts.count == 2 ? parts[1] : "") {
        case ("access", let value):
            guard let access = Access(rawValue: value) else {
                throw Mistake(line: line, message: "'access' is internal, package or public, not '\(value)'")
            }
            self.access = access
        case ("name", let value):
            guard SwiftName.isIdentifier(value), value.first?.isUppercase == true,
                SwiftName.typeName(for: value) == value
            else {
                throw Mistake(
                    line: line,
                    message: "'name' is that of a type: a capital letter, then letters and digits, and no type of "
                        + "Swift's own; not '\(value)'")
            }
            name = value
        default:
            throw Mistake(line: line, message: "'\(word)' is no setting: write access=public or name=NAME")
        }
    }
}
