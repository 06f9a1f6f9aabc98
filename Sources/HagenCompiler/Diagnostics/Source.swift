package import Hagen

/// One source file in memory: its name as diagnostics show it, its bytes, and where its lines begin.
///
/// Positions count lines and Unicode scalars from 1. A line ends at LF, CR LF or a lone CR. A leading byte-order mark
/// belongs to no line. The bytes need not be UTF-8: a byte that is no continuation begins a scalar, whatever follows.
package struct Source: Equatable, Sendable {
    package let name: String
    /// Without the byte-order mark.
    package let bytes: [UInt8]
    package let hasByteOrderMark: Bool
    /// The offset of each line's first byte; never empty. Of 4 GiB at most: in 32 bits, because a file may consist of
    /// ends of lines alone.
    private let lineStarts: [UInt32]

    private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    package init(name: String, bytes: [UInt8]) {
        self.name = name
        hasByteOrderMark = bytes.starts(with: Self.byteOrderMark)
        self.bytes = hasByteOrderMark ? Array(bytes.dropFirst(3)) : bytes
        lineStarts = Self.lineStarts(of: self.bytes)
    }

    /// The same file with other bytes after its byte-order mark.
    package func with(bytes: [UInt8]) -> Source {
        Source(name: name, bytes: (hasByteOrderMark ? Self.byteOrderMark : []) + bytes)
    }

    /// The same file with an asterisk for every character of these places; of a point, for the rest of its line.
    package func concealing(_ places: [SourceSpan]) -> Source {
        var concealed = bytes
        // From the last to the first, so that the offsets of the others stay right.
        for place in places.sorted(by: { $0.start > $1.start }) {
            let start = byte(at: place.start)
            let end = place.start == place.end ? line(place.start.line)?.endIndex ?? start : byte(at: place.end)
            guard start < min(end, concealed.count) else { continue }
            let hidden = concealed[start..<min(end, concealed.count)].compactMap { byte -> UInt8? in
                byte == 0x0A || byte == 0x0D ? byte : byte & 0xC0 == 0x80 ? nil : UInt8(ascii: "*")
            }
            concealed.replaceSubrange(start..<min(end, concealed.count), with: hidden)
        }
        return with(bytes: concealed)
    }

    package init(name: String, text: String) {
        self.init(name: name, bytes: Array(text.utf8))
    }

    private static func lineStarts(of bytes: [UInt8]) -> [UInt32] {
        bytes.withUnsafeBufferPointer { bytes in
            var starts: [UInt32] = [0]
            // An array that grows takes up to three times its size.
            starts.reserveCapacity(bytes.reduce(1) { $0 + ($1 == 0x0A || $1 == 0x0D ? 1 : 0) })
            var offset = 0
            let count = bytes.count
            while offset < count {
                let byte = bytes[offset]
                offset += 1
                if byte == 0x0D, offset < count, bytes[offset] == 0x0A { offset += 1 }
                if byte == 0x0A || byte == 0x0D { starts.append(UInt32(offset)) }
            }
            return starts
        }
    }

    /// As the file has them, a byte-order mark included.
    package var fileBytes: [UInt8] { (hasByteOrderMark ? Self.byteOrderMark : []) + bytes }

    package var lineCount: Int { lineStarts.count }

    /// The offset of the first byte of a line that there is.
    package func lineStart(_ number: Int) -> Int { Int(lineStarts[number - 1]) }

    /// The line's bytes without its end; `nil` where there is no such line.
    package func line(_ number: Int) -> ArraySlice<UInt8>? {
        guard (1...lineCount).contains(number) else { return nil }
        let start = lineStart(number)
        var end = number < lineCount ? lineStart(number + 1) : bytes.count
        while end > start, bytes[end - 1] == 0x0A || bytes[end - 1] == 0x0D { end -= 1 }
        return bytes[start..<end]
    }

    /// The position of the byte at that offset; an offset beyond the end is the end.
    package func position(ofByte offset: Int) -> SourceSpan.Position {
        let offset = min(max(offset, 0), bytes.count)
        var low = 0
        var high = lineStarts.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if Int(lineStarts[middle]) <= offset { low = middle } else { high = middle }
        }
        return SourceSpan.Position(line: low + 1, column: scalars(in: Int(lineStarts[low])..<offset) + 1)
    }

    private func scalars(in range: Range<Int>) -> Int {
        bytes.withUnsafeBufferPointer { bytes in
            var count = 0
            for offset in range where bytes[offset] & 0xC0 != 0x80 { count += 1 }
            return count
        }
    }

    package func span(ofBytes range: Range<Int>) -> SourceSpan {
        SourceSpan(file: name, start: position(ofByte: range.lowerBound), end: position(ofByte: range.upperBound))
    }

    /// The offset of the byte where that position's scalar begins; a column beyond its line is the line's end, a line
    /// beyond the last the end of the file.
    package func byte(at position: SourceSpan.Position) -> Int {
        guard position.line >= 1 else { return 0 }
        guard let line = line(position.line) else { return bytes.count }
        return bytes.withUnsafeBufferPointer { bytes in
            var offset = line.startIndex
            var column = 1
            while offset < line.endIndex {
                if bytes[offset] & 0xC0 != 0x80 || offset == line.startIndex {
                    if column == position.column { return offset }
                    column += 1
                }
                offset += 1
            }
            return line.endIndex
        }
    }

    /// The text between two positions, repaired where it is not UTF-8.
    package func text(of span: SourceSpan) -> String {
        let start = byte(at: span.start)
        return String(decoding: bytes[start..<max(start, byte(at: span.end))], as: UTF8.self)
    }
}
