/// An IPv4 or IPv6 address.
package struct IPAddress: Hashable, Sendable, CustomStringConvertible {
    package let isIPv6: Bool
    /// The bytes in network order; those of an IPv4 address are the last four of `low`, and all others are 0.
    private let high, low: UInt64

    /// In network order: 4 or 16 of them.
    package var bytes: [UInt8] {
        let words = isIPv6 ? [high, low] : [low << 32]
        return words.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (56 - 8 * $0)) } }
            .prefix(isIPv6 ? 16 : 4).map(\.self)
    }

    package var isLoopback: Bool { isIPv6 ? high == 0 && low == 1 : low >> 24 == 127 }

    package var isUnspecified: Bool { high == 0 && low == 0 }

    /// The IPv4 address in an IPv4-mapped IPv6 address (RFC 4291, section 2.5.5.2).
    private var mapped: IPAddress? {
        isIPv6 && high == 0 && low >> 32 == 0xFFFF ? IPAddress(ipv4: UInt32(truncatingIfNeeded: low)) : nil
    }

    /// Whether it can be the address of one computer: not unspecified (`0.0.0.0/8`, `::`), multicast, reserved or
    /// broadcast. An IPv4-mapped IPv6 address is judged as the IPv4 address in it.
    package var isUnicast: Bool {
        if !isIPv6 { return (1...223).contains(low >> 24) }
        return mapped?.isUnicast ?? (!isUnspecified && high >> 56 != 0xFF)
    }

    private init(ipv4 number: UInt32) {
        isIPv6 = false
        high = 0
        low = UInt64(number)
    }

    private init(ipv6 groups: [UInt16]) {
        isIPv6 = true
        high = groups[..<4].reduce(0) { $0 << 16 | UInt64($1) }
        low = groups[4...].reduce(0) { $0 << 16 | UInt64($1) }
    }

    package init(ipv4 bytes: [UInt8]) {
        precondition(bytes.count == 4, "an IPv4 address has 4 bytes, not \(bytes.count)")
        self.init(ipv4: bytes.reduce(0) { $0 << 8 | UInt32($1) })
    }

    /// Reads the dotted form of IPv4 (no leading zeros) or any form of RFC 4291, section 2.2; `nil` for anything else.
    package init?(_ text: some StringProtocol) {
        // More than the longest form has. The rest would only cost time.
        guard text.utf8.count <= 45 else { return nil }
        if let number = Self.ipv4(text) {
            self.init(ipv4: number)
        } else if let groups = Self.ipv6(String(text)) {
            self.init(ipv6: groups)
        } else {
            return nil
        }
    }

    private static func ipv4(_ text: some StringProtocol) -> UInt32? {
        var (number, parts): (UInt32, Int) = (0, 0)
        var (part, digits): (UInt32, Int) = (0, 0)
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39:
                // A part of several digits does not begin with 0.
                guard digits == 0 || part != 0 else { return nil }
                part = part * 10 + UInt32(byte - 0x30)
                digits += 1
                guard part <= 255 else { return nil }
            case UInt8(ascii: "."):
                guard digits > 0, parts < 3 else { return nil }
                number = number << 8 | part
                (part, digits, parts) = (0, 0, parts + 1)
            default: return nil
            }
        }
        return parts == 3 && digits > 0 ? number << 8 | part : nil
    }

    /// The eight groups.
    private static func ipv6(_ text: String) -> [UInt16]? {
        var halves = [text]
        if let gap = text.firstRange(ofColons: 2) {
            halves = [String(text[..<gap.lowerBound]), String(text[gap.upperBound...])]
        }
        var groups: [[UInt16]] = []
        for (index, half) in halves.enumerated() {
            var numbers: [UInt16] = []
            let parts = half.isEmpty ? [] : half.split(separator: ":", omittingEmptySubsequences: false)
            for (position, part) in parts.enumerated() {
                let isLast = position == parts.count - 1 && index == halves.count - 1
                if isLast, part.contains("."), let tail = ipv4(part) {
                    numbers += [UInt16(truncatingIfNeeded: tail >> 16), UInt16(truncatingIfNeeded: tail)]
                } else if (1...4).contains(part.utf8.count), part.utf8.allSatisfy(\.isHexadecimalDigit),
                    let group = UInt16(part, radix: 16)
                {
                    numbers.append(group)
                } else {
                    return nil
                }
            }
            groups.append(numbers)
        }
        if groups.count == 1 { return groups[0].count == 8 ? groups[0] : nil }
        let missing = 8 - groups[0].count - groups[1].count
        guard missing >= 1 else { return nil }
        return groups[0] + Array(repeating: 0, count: missing) + groups[1]
    }

    /// The canonical text: dotted, or that of RFC 5952 (an IPv4-mapped address ends in its dotted form).
    package var description: String {
        guard isIPv6 else { return "\(low >> 24).\(low >> 16 & 0xFF).\(low >> 8 & 0xFF).\(low & 0xFF)" }
        if let mapped { return "::ffff:\(mapped)" }
        let groups = [high, low].flatMap { word in (0..<4).map { UInt16(truncatingIfNeeded: word >> (48 - 16 * $0)) } }
        var longest = 0..<0
        var start = 0
        while start < 8 {
            var end = start
            while end < 8, groups[end] == 0 { end += 1 }
            if end - start > max(longest.count, 1) { longest = start..<end }
            start = max(end, start + 1)
        }
        let hexadecimal = groups.map { String($0, radix: 16) }
        if longest.isEmpty { return hexadecimal.joined(separator: ":") }
        return hexadecimal[..<longest.lowerBound].joined(separator: ":") + "::"
            + hexadecimal[longest.upperBound...].joined(separator: ":")
    }

    // MARK: Networks

    private init(isIPv6: Bool, high: UInt64, low: UInt64) {
        self.isIPv6 = isIPv6
        self.high = high
        self.low = low
    }

    /// Ones in all places after the first so many bits of an address of this family.
    private func hostBits(after prefix: Int) -> (high: UInt64, low: UInt64) {
        // A shift by the whole width or more gives 0.
        isIPv6
            ? (UInt64.max >> min(prefix, 64), UInt64.max >> max(prefix - 64, 0)) : (0, UInt64(UInt32.max) >> prefix)
    }

    /// With every bit after the first so many cleared.
    fileprivate func first(ofPrefix prefix: Int) -> IPAddress {
        let bits = hostBits(after: prefix)
        return IPAddress(isIPv6: isIPv6, high: high & ~bits.high, low: low & ~bits.low)
    }

    /// With every bit after the first so many set.
    fileprivate func last(ofPrefix prefix: Int) -> IPAddress {
        let bits = hostBits(after: prefix)
        return IPAddress(isIPv6: isIPv6, high: high | bits.high, low: low | bits.low)
    }
}

/// An address with the length of its network's prefix: `10.0.0.11/24`.
package struct AddressWithPrefix: Hashable, Sendable {
    package let address: IPAddress
    package let prefix: Int

    /// An address without a prefix is taken as one of its own: /32 or /128.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), let address = IPAddress(parts[0]) else { return nil }
        let longest = address.isIPv6 ? 128 : 32
        var prefix = longest
        if parts.count == 2 {
            guard let length = Int(decimal: parts[1]), (0...longest).contains(length) else { return nil }
            prefix = length
        }
        self.address = address
        self.prefix = prefix
    }

    /// The first address of the network: of IPv4 the network's own, of IPv6 that of any router (RFC 4291, 2.6.1).
    package var lowest: IPAddress { address.first(ofPrefix: prefix) }

    /// The last address of the network: of IPv4 the one that reaches all of it.
    package var highest: IPAddress { address.last(ofPrefix: prefix) }

    /// Whether the address lies in this one's network.
    package func contains(_ other: IPAddress) -> Bool {
        other.isIPv6 == address.isIPv6 && other.first(ofPrefix: prefix) == lowest
    }
}

/// Encoded as its text.
extension IPAddress: CodedAsText {
    package init?(text: String) { self.init(text) }
    package static var refusal: String { "is not an IP address" }
}

/// `ADDRESS:PORT`, with brackets around an IPv6 address; encoded as that text.
package struct SocketAddress: CodedAsText, Hashable, Sendable {
    package var address: IPAddress
    package var port: Int

    package init(_ address: IPAddress, port: Int) {
        self.address = address
        self.port = port
    }

    /// The port is 1 to 65535; anything else is `nil`.
    package init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"), let port = Int(decimal: text[text.index(after: colon)...]),
            ListenAddress.ports.contains(port)
        else { return nil }
        var host = text[..<colon]
        if host.first == "[", host.last == "]" {
            host = host.dropFirst().dropLast()
            guard let address = IPAddress(host), address.isIPv6 else { return nil }
            self.init(address, port: port)
        } else {
            guard let address = IPAddress(host), !address.isIPv6 else { return nil }
            self.init(address, port: port)
        }
    }

    package init?(text: String) { self.init(text) }
    package static var refusal: String { "is not ADDRESS:PORT" }

    package var description: String { address.isIPv6 ? "[\(address)]:\(port)" : "\(address):\(port)" }
}

extension UInt8 {
    fileprivate var isHexadecimalDigit: Bool {
        (0x30...0x39).contains(self) || (0x41...0x46).contains(self) || (0x61...0x66).contains(self)
    }
}

extension Int {
    /// Reads digits alone: no sign, no leading zero.
    package init?(decimal text: some StringProtocol) {
        guard text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), text.utf8.count == 1 || text.utf8.first != 0x30
        else { return nil }
        self.init(String(text))
    }
}

extension String {
    /// Where the first run of exactly that many colons starts; `nil` where a longer run stands or there are two.
    fileprivate func firstRange(ofColons count: Int) -> Range<Index>? {
        var start = startIndex
        while let colon = self[start...].firstIndex(of: ":") {
            let end = self[colon...].firstIndex { $0 != ":" } ?? endIndex
            if distance(from: colon, to: end) == count { return colon..<end }
            start = end
        }
        return nil
    }
}
