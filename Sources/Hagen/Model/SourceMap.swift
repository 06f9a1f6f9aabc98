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
    public var start: Position
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

    public var description: String {
        steps.reduce(into: "") { $0 += $1.hasPrefix("[") || $0.isEmpty ? $1 : "." + $1 }
    }

    private init(text: String) {
        var steps: [String] = []
        for part in text.split(separator: ".") {
            let pieces = part.split(separator: "[", omittingEmptySubsequences: false)
            if !pieces[0].isEmpty { steps.append(String(pieces[0])) }
            steps += pieces.dropFirst().map { "[" + $0 }
        }
        self.steps = steps
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
