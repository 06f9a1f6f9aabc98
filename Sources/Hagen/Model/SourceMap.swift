/// Where each part of a model was said. It stands beside the model, keyed by path in it, so that the same topology
/// in Swift and in YAML is the same value.
public struct SourceMap: Codable, Equatable, Sendable {
    package var spans: [ModelPath: SourceSpan]

    package init(_ spans: [ModelPath: SourceSpan] = [:]) { self.spans = spans }

    /// Adds the spans of a part whose paths are relative to it.
    package mutating func insert(_ part: SourceMap, at path: ModelPath) {
        for (inner, span) in part.spans { spans[path[inner]] = span }
    }

    /// The span of the part itself, else of the nearest one around it; `nil` where nothing is known.
    package func span(of path: ModelPath) -> SourceSpan? {
        var path: ModelPath? = path
        while let current = path {
            if let span = spans[current] { return span }
            path = current.parent
        }
        return nil
    }
}

/// A stretch of a source file, from `start` up to, not including, `end`. A declaration in Swift is known by one point:
/// there `end` equals `start`.
public struct SourceSpan: Codable, Hashable, Sendable {
    /// A place between two characters of a file.
    public struct Position: Codable, Hashable, Comparable, Sendable {
        /// Counted from 1.
        public var line: Int
        /// Counted from 1, in Unicode scalars.
        public var column: Int

        public init(line: Int, column: Int) {
            self.line = line
            self.column = column
        }

        public static func < (left: Self, right: Self) -> Bool {
            (left.line, left.column) < (right.line, right.column)
        }
    }

    /// Relative to the topology's folder where it lies in it.
    public var file: String
    /// Of the first character.
    public var start: Position
    /// After the last character; of a point, equal to `start`.
    public var end: Position

    public init(file: String, start: Position, end: Position) {
        self.file = file
        self.start = start
        self.end = end
    }

    /// A point, as `#filePath`, `#line` and `#column` give it.
    package init(file: String, line: Int, column: Int) {
        let point = Position(line: line, column: column)
        self.init(file: file, start: point, end: point)
    }

    func relative(to folder: String) -> SourceSpan {
        let prefix = folder.hasSuffix("/") ? folder : folder + "/"
        guard file.hasPrefix(prefix) else { return self }
        return SourceSpan(file: String(file.dropFirst(prefix.count)), start: start, end: end)
    }
}

/// The way from the root of a model to one of its parts, in the model's words: `clusters[0].members[1].host`.
public struct ModelPath: Codable, Hashable, Sendable, CustomStringConvertible, CodingKeyRepresentable {
    private var steps: [String]

    package static let root = ModelPath(steps: [])
    private init(steps: [String]) { self.steps = steps }

    package subscript(_ name: String) -> ModelPath { ModelPath(steps: steps + [name]) }
    package subscript(_ index: Int) -> ModelPath { ModelPath(steps: steps + ["[\(index)]"]) }
    package subscript(_ inner: ModelPath) -> ModelPath { ModelPath(steps: steps + inner.steps) }

    package var parent: ModelPath? { steps.isEmpty ? nil : ModelPath(steps: Array(steps.dropLast())) }

    /// Words of the model with dots between, indices in brackets; a key of the user's own that is no such word stands in
    /// brackets and quotes: `hosts[0].labels["example.com/rack"]`.
    public var description: String {
        steps.reduce(into: "") { text, step in
            if step.hasPrefix("[") {
                text += step
            } else if Self.isWord(step) {
                text += text.isEmpty ? step : "." + step
            } else {
                text += "[\"" + step.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : String($0) }.joined() + "\"]"
            }
        }
    }

    private static func isWord(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { $0 != 0x2E && $0 != 0x5B && $0 != 0x5D && $0 != 0x22 }
    }

    /// Reads what `description` writes; of anything else it makes the best.
    private init(text: String) {
        var steps: [String] = []
        var rest = text[...]
        while let first = rest.first {
            if first == "." {
                rest.removeFirst()
            } else if rest.hasPrefix("[\"") {
                rest = rest.dropFirst(2)
                steps.append(Self.takeQuoted(from: &rest))
            } else if first == "[" {
                let index = rest.prefix { $0 != "]" }
                steps.append(index + "]")
                rest = rest.dropFirst(index.count + 1)
            } else {
                let word = rest.prefix { $0 != "." && $0 != "[" }
                steps.append(String(word))
                rest = rest.dropFirst(word.count)
            }
        }
        self.steps = steps
    }

    /// Takes the rest of a quoted key, its end included.
    private static func takeQuoted(from rest: inout Substring) -> String {
        var key = ""
        while let next = rest.popFirst(), next != "\"" {
            key.append(next == "\\" ? rest.popFirst() ?? next : next)
        }
        rest = rest.dropFirst()
        return key
    }

    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }
    public var codingKey: any CodingKey { Key(stringValue: description) }
    public init?<Text: CodingKey>(codingKey: Text) { self.init(text: codingKey.stringValue) }

    public init(from decoder: any Decoder) throws {
        self.init(text: try decoder.singleValueContainer().decode(String.self))
    }
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
