internal import Hagen

/// The part of one file that a diagnostic shows: the lines that its labels stand on, with their marks, and `...` where
/// lines are left out. Of a span over several lines the first is marked to its end.
struct SourceExcerpt {
    struct MarkedSpan {
        var span: SourceSpan
        var text: String
        var isPrimary: Bool
    }

    let source: Source
    let spans: [MarkedSpan]
    let primaryStyle: TerminalText.Style
    /// Terminal columns for a line of source.
    let limit: Int

    /// The number of the last line that is shown decides the width of the gutter.
    var lastLine: Int { spans.map { clamped($0.span.start.line) }.max() ?? 1 }

    private func clamped(_ line: Int) -> Int { min(max(line, 1), source.lineCount) }

    func write(to output: inout TerminalText, gutter: Int) {
        let byLine = Dictionary(grouping: spans) { clamped($0.span.start.line) }
        var previous: Int?
        for number in byLine.keys.sorted() {
            if let previous, number > previous + 1 {
                if number == previous + 2 {
                    writeLine(number - 1, [], to: &output, gutter: gutter)
                } else {
                    output.add("...", .gutter)
                    output.endLine()
                }
            }
            writeLine(number, byLine[number] ?? [], to: &output, gutter: gutter)
            previous = number
        }
    }

    private func writeLine(_ number: Int, _ spans: [MarkedSpan], to output: inout TerminalText, gutter: Int) {
        guard let line = source.line(number) else { return }
        let marked = spans.map { columns(of: $0.span, in: line) }
        let focus = (marked.map(\.lowerBound).min() ?? 1)..<(marked.map(\.upperBound).max() ?? 1)
        let display = DisplayLine(line, focus: focus, limit: limit)
        output.add(number.padded(to: gutter) + " | ", .gutter)
        output.add(display.text)
        output.endLine()
        guard !spans.isEmpty else { return }
        let marks = zip(spans, marked).map { span, columns in
            let start = display.displayColumn(of: columns.lowerBound)
            let end = max(display.displayColumn(of: columns.upperBound), start + 1)
            return MarkedLine.Mark(columns: start..<end, text: span.text.printable, isPrimary: span.isPrimary)
        }
        for row in MarkedLine(marks, primaryStyle: primaryStyle).rows {
            output.add(String(repeating: " ", count: gutter) + " | ", .gutter)
            for piece in row { output.add(piece.text, piece.style) }
            output.endLine()
        }
    }

    /// The columns of the span on its first line.
    private func columns(of span: SourceSpan, in line: ArraySlice<UInt8>) -> Range<Int> {
        let start = max(span.start.column, 1)
        guard span.end.line > span.start.line else { return start..<max(start, span.end.column) }
        return start..<max(start, line.reduce(1) { $1 & 0xC0 != 0x80 ? $0 + 1 : $0 })
    }
}

extension Int {
    /// The number, with spaces before it.
    func padded(to width: Int) -> String {
        let digits = String(self)
        return String(repeating: " ", count: Swift.max(0, width - digits.count)) + digits
    }
}
