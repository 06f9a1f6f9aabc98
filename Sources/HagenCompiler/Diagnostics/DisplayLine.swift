/// A line of source as a terminal shows it: tabs expanded, what a terminal would act on replaced, and cut on both sides
/// where it is too long, so that the marked part is seen.
struct DisplayLine {
    /// What is printed, the marks of a cut included.
    let text: String
    /// The source column of the first scalar that is shown.
    private let firstColumn: Int
    /// The display column of each shown scalar, counted from 0, and of the place after the last.
    private let displayColumns: [Int]

    private static let tabWidth = 4
    private static let ellipsis = "…"
    /// What is kept before the marked part of a line that is cut on the left.
    private static let context = 30

    /// - Parameters:
    ///   - line: The bytes without the line's end.
    ///   - focus: The source columns (from 1) that should be seen, as far as they fit.
    ///   - limit: Terminal columns for the text.
    init(_ line: ArraySlice<UInt8>, focus: Range<Int>, limit: Int) {
        let fits = focus.upperBound <= limit
        let first = fits ? 1 : max(1, focus.lowerBound - Self.context)
        // Four bytes a scalar at most, and twice the limit leaves room for scalars without width.
        let bytes = line.drop(scalars: first - 1).prefix(limit * 8)
        var text = first > 1 ? Self.ellipsis : ""
        var column = first > 1 ? 1 : 0
        var columns: [Int] = []
        var isCut = false
        for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
            if column >= limit {
                isCut = true
                break
            }
            columns.append(column)
            if scalar == "\t" {
                let width = Self.tabWidth - column % Self.tabWidth
                text += String(repeating: " ", count: width)
                column += width
            } else if scalar.isUnsafeToPrint {
                text.unicodeScalars.append("\u{FFFD}")
                column += 1
            } else {
                text.unicodeScalars.append(scalar)
                column += scalar.terminalColumns
            }
        }
        columns.append(column)
        self.text = isCut || bytes.endIndex < line.endIndex ? text + Self.ellipsis : text
        firstColumn = first
        displayColumns = columns
    }

    /// Where a source column stands on the terminal; one that is cut off stands at the cut.
    func displayColumn(of column: Int) -> Int {
        displayColumns[min(max(column - firstColumn, 0), displayColumns.count - 1)]
    }
}

extension ArraySlice<UInt8> {
    /// The rest after that many scalars.
    fileprivate func drop(scalars count: Int) -> Self {
        var left = count
        var offset = startIndex
        while offset < endIndex {
            if self[offset] & 0xC0 != 0x80 {
                if left == 0 { break }
                left -= 1
            }
            offset += 1
        }
        return self[offset...]
    }
}
