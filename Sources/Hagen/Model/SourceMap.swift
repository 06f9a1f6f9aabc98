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

// MARK: - Reading what another program wrote

extension SourceSpan.Position {
    private enum CodingKeys: CodingKey { case line, column }

    /// Far beyond every file; sums of two places never overflow.
    private static let largest = 1 << 40

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        line = try container.decode(Int.self, forKey: .line)
        column = try container.decode(Int.self, forKey: .column)
        guard (1...Self.largest).contains(line), (1...Self.largest).contains(column) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "no file has a place \(line):\(column)"))
        }
    }
}

extension SourceSpan {
    private enum CodingKeys: CodingKey { case file, start, end }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        file = try container.decode(String.self, forKey: .file)
        start = try container.decode(Position.self, forKey: .start)
        end = try container.decode(Position.self, forKey: .end)
        guard start <= end else {
            throw DecodingError.dataCorrupted(
                .init(
                    codingPath: decoder.codingPath, debugDescription: "a stretch of source that ends before it starts"))
        }
    }
}
