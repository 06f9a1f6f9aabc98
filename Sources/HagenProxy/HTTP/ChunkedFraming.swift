/// Follows the framing of a chunked body (RFC 9112, section 7.1) through the bytes that are passed on as they are.
///
/// Strict where leniency lets two readers disagree: sizes are plain hexadecimal digits, lines end with CR LF and nothing
/// else, extensions and trailers are bounded and hold no control characters.
struct ChunkedFraming: Equatable {
    private enum State: UInt8 {
        case sizeStart, size, extensionText, sizeLineFeed, data, dataReturn, dataLineFeed
        case trailerStart, trailerName, trailerValue, trailerLineFeed, lastLineFeed
        case complete
    }
    private var state = State.sizeStart
    /// Bytes of the line that is being read, to bound it.
    private var lineLength: Int32 = 0
    /// Bytes left in the current chunk.
    private(set) var remaining: Int = 0

    private static let longestLine: Int32 = 4096
    private static let largestChunk = 1 << 48

    var isComplete: Bool { state == .complete }

    /// Looks at bytes until the body ends or the bytes do.
    ///
    /// - Returns: how many belong to the body; `nil` where the framing is broken.
    mutating func scan(_ bytes: UnsafePointer<UInt8>, count: Int) -> Int? {
        var position = 0
        while position < count, state != .complete {
            if state == .data {
                let step = min(remaining, count - position)
                remaining -= step
                position += step
                if remaining == 0 { state = .dataReturn }
                continue
            }
            guard take(bytes[position]) else { return nil }
            position += 1
        }
        return position
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        lineLength += 1
        guard lineLength <= Self.longestLine else { return false }
        switch state {
        case .sizeStart, .size: return takeSize(byte)
        case .extensionText:
            if byte == 0x0D { state = .sizeLineFeed; return true }
            return Characters.isFieldValue(byte)
        case .sizeLineFeed: return takeLineFeed(byte, then: remaining == 0 ? .trailerStart : .data)
        case .dataReturn: return take(byte, 0x0D, then: .dataLineFeed)
        case .dataLineFeed: return takeLineFeed(byte, then: .sizeStart)
        case .trailerStart:
            if byte == 0x0D { state = .lastLineFeed; return true }
            state = .trailerName
            return Characters.isToken(byte)
        case .trailerName:
            if byte == 0x3A { state = .trailerValue; return true }
            return Characters.isToken(byte)
        case .trailerValue:
            if byte == 0x0D { state = .trailerLineFeed; return true }
            return Characters.isFieldValue(byte)
        case .trailerLineFeed:
            // The length is not reset: it bounds the whole trailer section.
            return take(byte, 0x0A, then: .trailerStart)
        case .lastLineFeed: return take(byte, 0x0A, then: .complete)
        case .data, .complete: return false
        }
    }

    private mutating func takeSize(_ byte: UInt8) -> Bool {
        let digit: UInt8
        switch byte {
        case 0x30...0x39: digit = byte - 0x30
        case 0x41...0x46: digit = byte - 0x37
        case 0x61...0x66: digit = byte - 0x57
        case 0x0D where state == .size: state = .sizeLineFeed; return true
        case 0x3B where state == .size: state = .extensionText; return true
        default: return false
        }
        if state == .sizeStart { remaining = 0 }
        state = .size
        remaining = remaining << 4 | Int(digit)
        return remaining <= Self.largestChunk
    }

    private mutating func takeLineFeed(_ byte: UInt8, then next: State) -> Bool {
        lineLength = 0
        return take(byte, 0x0A, then: next)
    }

    private mutating func take(_ byte: UInt8, _ expected: UInt8, then next: State) -> Bool {
        state = next
        return byte == expected
    }
}
