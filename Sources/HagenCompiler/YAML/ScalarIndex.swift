internal import Hagen

/// Turns libyaml's positions into ours. libyaml counts scalars from the start of the input, as we do; its lines also end
/// at U+0085, U+2028 and U+2029, where ours do not, so its line numbers are not used.
struct ScalarIndex {
    /// The number of scalars before each line.
    private let lineStarts: [UInt32]
    private var line = 0

    init(_ source: Source) {
        lineStarts = source.bytes.withUnsafeBufferPointer { bytes in
            var starts: [UInt32] = []
            starts.reserveCapacity(source.lineCount)
            var scalars = 0
            var offset = 0
            for number in 1...source.lineCount {
                let start = source.lineStart(number)
                while offset < start {
                    if bytes[offset] & 0xC0 != 0x80 { scalars += 1 }
                    offset += 1
                }
                starts.append(UInt32(scalars))
            }
            return starts
        }
    }

    /// Asked for in the order of the text, this takes constant time.
    mutating func position(ofScalar index: Int) -> SourceSpan.Position {
        if index < Int(lineStarts[line]) {
            var low = 0
            var high = line
            while high - low > 1 {
                let middle = (low + high) / 2
                if Int(lineStarts[middle]) <= index { low = middle } else { high = middle }
            }
            line = low
        }
        while line + 1 < lineStarts.count, Int(lineStarts[line + 1]) <= index { line += 1 }
        return SourceSpan.Position(line: line + 1, column: index - Int(lineStarts[line]) + 1)
    }
}
