internal import Hagen

/// A fix as a person sees it: what it does, and the line as it would read afterwards.
///
///     help: write '5s'
///        |
///      7 |   every: 5s
///        |          ~~
struct ProposedFix {
    private let fix: Diagnostic.Fix
    private let sources: [Source]
    private let limit: Int

    init(_ fix: Diagnostic.Fix, sources: [Source], limit: Int) {
        self.fix = fix
        self.sources = sources
        self.limit = limit
    }

    /// A fix that crosses lines is only named.
    func write(to output: inout TerminalText, gutter: Int) {
        output.add("help", .bold)
        output.add(": " + fix.title.printable)
        output.endLine()
        let lines = Dictionary(grouping: fix.edits) { $0.span.start.line }
        guard
            fix.edits.allSatisfy({
                $0.span.end.line == $0.span.start.line && !$0.replacement.contains(where: \.isNewline)
            }),
            lines.count <= 4
        else { return }
        let margin = String(repeating: " ", count: gutter) + " |"
        output.add(margin, .gutter)
        output.endLine()
        for number in lines.keys.sorted() {
            guard let edits = lines[number], let source = sources.first(where: { $0.name == edits[0].span.file }),
                let line = source.line(number)
            else { continue }
            let (bytes, changed) = apply(edits, to: line, of: source)
            let focus = (changed.map(\.lowerBound).min() ?? 1)..<(changed.map(\.upperBound).max() ?? 1)
            let display = DisplayLine(bytes[...], focus: focus, limit: limit)
            output.add(number.padded(to: gutter) + " | ", .gutter)
            output.add(display.text)
            output.endLine()
            writeMarks(changed, display, margin, to: &output)
        }
    }

    /// The line after the edits, and the columns of what is new in it.
    private func apply(
        _ edits: [Diagnostic.Edit], to line: ArraySlice<UInt8>, of source: Source
    ) -> (bytes: [UInt8], changed: [Range<Int>]) {
        var bytes: [UInt8] = []
        var changed: [Range<Int>] = []
        var offset = line.startIndex
        for edit in edits.sorted(by: { $0.span.start < $1.span.start }) {
            let start = max(offset, source.byte(at: edit.span.start))
            bytes += source.bytes[offset..<start]
            let column = bytes.count { $0 & 0xC0 != 0x80 } + 1
            bytes += Array(edit.replacement.utf8)
            changed.append(column..<(column + edit.replacement.unicodeScalars.count))
            offset = max(start, source.byte(at: edit.span.end))
        }
        return (bytes + source.bytes[offset..<max(offset, line.endIndex)], changed)
    }

    private func writeMarks(
        _ changed: [Range<Int>], _ display: DisplayLine, _ margin: String, to output: inout TerminalText
    ) {
        let columns = changed.filter { !$0.isEmpty }.map {
            display.displayColumn(of: $0.lowerBound)..<display.displayColumn(of: $0.upperBound)
        }
        guard !columns.isEmpty else { return }
        output.add(margin + " ", .gutter)
        var column = 0
        for range in columns where range.lowerBound >= column {
            output.add(String(repeating: " ", count: range.lowerBound - column))
            output.add(String(repeating: "~", count: range.count), .fix)
            column = range.upperBound
        }
        output.endLine()
    }
}
