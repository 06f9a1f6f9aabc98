/// The rows below a line of source: `^^^^` under what is meant, `----` under what matters too, and the labels.
///
///     listen: 80, port: 80
///     ----------  ^^^^^^^^ the second listener
///     |
///     the first listener
struct MarkedLine {
    struct Mark {
        /// Display columns from 0, never empty.
        var columns: Range<Int>
        var text: String
        var isPrimary: Bool
    }

    typealias Row = [(text: String, style: TerminalText.Style)]

    private let marks: [Mark]
    private let primaryStyle: TerminalText.Style

    init(_ marks: [Mark], primaryStyle: TerminalText.Style) {
        self.marks = marks
        self.primaryStyle = primaryStyle
    }

    var rows: [Row] {
        // From right to left; of two that begin together the primary one is spoken of last, close to the line.
        let ordered = marks.enumerated().sorted { left, right in
            (right.element.columns.lowerBound, left.element.isPrimary ? 1 : 0, left.offset)
                < (left.element.columns.lowerBound, right.element.isPrimary ? 1 : 0, right.offset)
        }.map(\.element)
        let end = marks.map(\.columns.upperBound).max() ?? 0
        var hanging = ordered.filter { !$0.text.isEmpty }
        var first = underline(width: end)
        if let inline = hanging.first, inline.columns.upperBound == end, ordered[0].columns == inline.columns {
            first.append((" " + inline.text, style(of: inline)))
            hanging.removeFirst()
        }
        var rows = [first]
        if !hanging.isEmpty { rows.append(connectors(of: hanging)) }
        while !hanging.isEmpty {
            let mark = hanging.removeFirst()
            let left = hanging.filter { $0.columns.lowerBound < mark.columns.lowerBound }
            var row = connectors(of: left)
            let used = left.first.map { $0.columns.lowerBound + 1 } ?? 0
            row.append((String(repeating: " ", count: mark.columns.lowerBound - used), .plain))
            row.append((mark.text, style(of: mark)))
            rows.append(row)
        }
        return rows
    }

    private func style(of mark: Mark) -> TerminalText.Style { mark.isPrimary ? primaryStyle : .gutter }

    private func underline(width: Int) -> Row {
        var owners = [Mark?](repeating: nil, count: width)
        for mark in marks where !mark.isPrimary { for column in mark.columns { owners[column] = mark } }
        for mark in marks where mark.isPrimary { for column in mark.columns { owners[column] = mark } }
        var row: Row = []
        for owner in owners {
            let (character, style) = owner.map { ($0.isPrimary ? "^" : "-", self.style(of: $0)) } ?? (" ", .plain)
            if let last = row.last, last.style == style {
                row[row.count - 1].text += character
            } else {
                row.append((character, style))
            }
        }
        return row
    }

    /// A bar under the start of each mark.
    private func connectors(of marks: [Mark]) -> Row {
        var row: Row = []
        var column = 0
        for mark in marks.reversed() where mark.columns.lowerBound >= column {
            row.append((String(repeating: " ", count: mark.columns.lowerBound - column), .plain))
            row.append(("|", style(of: mark)))
            column = mark.columns.lowerBound + 1
        }
        return row
    }
}
