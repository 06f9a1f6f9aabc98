/// A document as scalars in lines, with its tokens and with the comments that stand between them.
struct LayoutText {
    /// A comment, with what is needed to put it back where somebody wanted it.
    struct Comment: Equatable {
        /// From `#` to the line's end, without the space before that.
        var text: String
        var offset: Int
        /// Counted from 0.
        var line: Int
        var column: Int
        /// Whether nothing stands before it on its line.
        var isAlone: Bool
        /// Between what stands before it and itself.
        var gap: Int
        /// Where the line begins to hold something.
        var indentation: Int
        /// Whether the line above or below has a comment in the same column.
        var isAligned = false
    }

    let scalars: [Unicode.Scalar]
    let tokens: [LayoutToken]
    let comments: [Comment]
    private let lineStarts: [Int]

    /// `nil` where libyaml's scanner finds fault with the text, or where a line ends in a way that only YAML 1.1 knows.
    ///
    /// - Parameter text: Its lines end in LF.
    init?(_ text: String) {
        scalars = Array(text.unicodeScalars)
        guard !scalars.contains(where: { $0 == "\r" || $0 == "\u{85}" || $0 == "\u{2028}" || $0 == "\u{2029}" }),
            let tokens = LayoutToken.all(of: Array(text.utf8))
        else { return nil }
        self.tokens = tokens
        var starts = [0]
        for (index, scalar) in scalars.enumerated() where scalar == "\n" { starts.append(index + 1) }
        lineStarts = starts
        var comments: [Comment] = []
        var end = 0
        for token in tokens {
            Self.collect(end..<max(end, token.start), scalars, starts, &comments)
            end = max(end, token.end)
        }
        for index in comments.indices.dropLast() where comments[index].isNextTo(comments[index + 1]) {
            comments[index].isAligned = true
            comments[index + 1].isAligned = true
        }
        self.comments = comments
    }

    private static func collect(
        _ gap: Range<Int>, _ scalars: [Unicode.Scalar], _ starts: [Int], _ comments: inout [Comment]
    ) {
        var index = gap.lowerBound
        while index < gap.upperBound {
            guard scalars[index] == "#" else {
                index += 1
                continue
            }
            let end = scalars[index...].firstIndex(of: "\n") ?? scalars.count
            let line = Self.line(of: index, starts)
            let before = scalars[starts[line]..<index]
            let content = before.lastIndex { $0 != " " && $0 != "\t" }
            comments.append(
                Comment(
                    text: LayoutText.text(scalars[index..<end]).trimmingEnd, offset: index, line: line,
                    column: index - starts[line], isAlone: content == nil,
                    gap: index - (content.map { $0 + 1 } ?? index),
                    indentation: before.prefix { $0 == " " }.count))
            index = end
        }
    }

    private static func line(of offset: Int, _ starts: [Int]) -> Int {
        var low = 0
        var high = starts.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if starts[middle] <= offset { low = middle } else { high = middle }
        }
        return low
    }

    /// Counted from 0.
    func line(of offset: Int) -> Int { Self.line(of: offset, lineStarts) }
    func column(of offset: Int) -> Int { offset - lineStarts[line(of: offset)] }

    func text(of token: LayoutToken) -> String { Self.text(scalars[token.start..<token.end]) }

    private static func text(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }
}

extension LayoutText.Comment {
    fileprivate func isNextTo(_ next: Self) -> Bool {
        !isAlone && !next.isAlone && column == next.column && line + 1 == next.line
    }
}

extension String {
    /// Without spaces and tabs at its end.
    var trimmingEnd: String {
        var view = unicodeScalars[...]
        while let last = view.last, last == " " || last == "\t" { view.removeLast() }
        return String(view)
    }

    /// Without spaces and tabs at its start.
    var trimmingStart: String { String(unicodeScalars.drop { $0 == " " || $0 == "\t" }) }
}
