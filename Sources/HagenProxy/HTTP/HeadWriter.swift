internal import Glibc

/// Appends to a block. What does not fit is noted, not written.
struct HeadWriter {
    let base: UnsafeMutablePointer<UInt8>
    let capacity: Int
    private(set) var count = 0
    private(set) var overflowed = false

    init(_ base: UnsafeMutablePointer<UInt8>, capacity: Int) {
        self.base = base
        self.capacity = capacity
    }

    @inline(__always) mutating func append(_ bytes: UnsafePointer<UInt8>, count length: Int) {
        guard length <= capacity - count else {
            overflowed = true
            return
        }
        memcpy(base + count, bytes, length)
        count += length
    }

    @inline(__always) mutating func append(_ text: StaticString) {
        append(text.utf8Start, count: text.utf8CodeUnitCount)
    }

    @inline(__always) mutating func append(byte: UInt8) {
        guard count < capacity else {
            overflowed = true
            return
        }
        base[count] = byte
        count += 1
    }

    /// Forgets what was written after that many bytes.
    mutating func shorten(to length: Int) {
        precondition(length <= count, "\(count) bytes cannot be shortened to \(length)")
        count = length
    }

    mutating func append(decimal value: Int) {
        var divisor = 1
        while value / divisor >= 10 { divisor *= 10 }
        while divisor > 0 {
            append(byte: 0x30 + UInt8(value / divisor % 10))
            divisor /= 10
        }
    }

    /// The address as text: dotted, or in the form of RFC 5952.
    mutating func append(_ address: ClientAddress) {
        guard address.isIPv6 else {
            for shift in stride(from: UInt64(0), to: 32, by: 8) {
                if shift > 0 { append(byte: 0x2E) }
                append(decimal: Int(address.first >> shift & 0xFF))
            }
            return
        }
        guard capacity - count > 46 else {
            overflowed = true
            return
        }
        var words = (address.first, address.second)
        let start = UnsafeMutableRawPointer(base + count).assumingMemoryBound(to: CChar.self)
        if inet_ntop(AF_INET6, &words, start, 46) != nil { count += strlen(start) }
    }
}

/// A client's address: the bytes in network order in two words, 4 of them for IPv4.
struct ClientAddress {
    var first: UInt64
    var second: UInt64
    var isIPv6: Bool
}
