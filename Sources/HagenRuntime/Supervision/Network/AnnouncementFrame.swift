internal import CLinux
internal import Hagen

/// The Ethernet frames that tell neighbours where an address is, and that ask whether somebody else has it.
///
/// IPv4: ARP (RFC 826, gratuitous as in RFC 5227). IPv6: neighbour discovery (RFC 4861, sections 4.3 and 4.4).
struct AnnouncementFrame: Equatable {
    static let broadcast: [UInt8] = .init(repeating: 0xFF, count: 6)
    static let arp: UInt16 = 0x0806
    static let ipv6: UInt16 = 0x86DD
    let address: IPAddress
    /// 6 bytes.
    let hardwareAddress: [UInt8]

    var etherType: UInt16 { address.isIPv6 ? Self.ipv6 : Self.arp }

    /// "This address is here": in both of ARP's forms, because some systems heed only one; for IPv6 an advertisement that
    /// overrides what neighbours know.
    var announcements: [[UInt8]] {
        guard address.isIPv6 else {
            return [
                arp(operation: 1, sender: address.bytes, target: [0, 0, 0, 0, 0, 0]),
                arp(operation: 2, sender: address.bytes, target: hardwareAddress),
            ]
        }
        let overrides: [UInt8] = [0x20, 0, 0, 0]
        return [
            neighbourDiscovery(
                kind: 136, to: Self.allNodes, from: address.bytes,
                body: overrides + address.bytes + [2, 1] + hardwareAddress)
        ]
    }

    /// "Who has this address?", from nobody, so that whoever hears it learns nothing.
    var probe: [UInt8] {
        guard address.isIPv6 else {
            return arp(operation: 1, sender: [0, 0, 0, 0], target: [0, 0, 0, 0, 0, 0])
        }
        return neighbourDiscovery(
            kind: 135, to: [0xFF, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xFF] + address.bytes.suffix(3),
            from: [UInt8](repeating: 0, count: 16), body: [0, 0, 0, 0] + address.bytes)
    }

    /// Accepts the frames by which somebody says that the address is theirs.
    var claims: [linux_filter_instruction] {
        func word(_ bytes: ArraySlice<UInt8>) -> UInt32 { bytes.reduce(0) { $0 << 8 | UInt32($1) } }
        let bytes = address.bytes[...]
        guard address.isIPv6 else {
            // The sender's address in ARP.
            return Self.filter([Condition(.word, 28, word(bytes))])
        }
        var conditions: [Condition] = [Condition(.byte, 20, 58), Condition(.byte, 54, 136)]
        for index in 0..<4 {
            conditions.append(Condition(.word, UInt32(62 + 4 * index), word(bytes[(4 * index)..<(4 * index + 4)])))
        }
        return Self.filter(conditions)
    }

    /// The hardware address in a frame that `claims` accepts.
    static func claimant(in frame: ArraySlice<UInt8>) -> [UInt8]? {
        frame.count >= 42 ? Array(frame.dropFirst(6).prefix(6)) : nil
    }

    private static let allNodes: [UInt8] = [0xFF, 2] + [UInt8](repeating: 0, count: 13) + [1]

    private func arp(operation: UInt8, sender: [UInt8], target: [UInt8]) -> [UInt8] {
        var frame = Self.broadcast + hardwareAddress
        frame += [0x08, 0x06, 0, 1, 0x08, 0, 6, 4, 0, operation]
        frame += hardwareAddress + sender
        return frame + target + address.bytes
    }

    private func neighbourDiscovery(kind: UInt8, to: [UInt8], from: [UInt8], body: [UInt8]) -> [UInt8] {
        let count = UInt8(4 + body.count)
        // The checksum covers addresses, length and next header (RFC 8200, section 8.1).
        let pseudoHeader: [UInt8] = from + to + [0, 0, 0, count, 0, 0, 0, 58]
        let sum = Self.checksum(pseudoHeader + [kind, 0, 0, 0] + body)
        var frame: [UInt8] = [0x33, 0x33] + to.suffix(4)
        frame += hardwareAddress
        frame += [0x86, 0xDD, 0x60, 0, 0, 0, 0, count, 58, 255]
        frame += from + to
        frame += [kind, 0, UInt8(sum >> 8), UInt8(sum & 0xFF)]
        return frame + body
    }

    /// RFC 1071, of an even number of bytes.
    static func checksum(_ bytes: [UInt8]) -> UInt16 {
        var sum: UInt32 = 0
        for index in stride(from: 0, to: bytes.count - 1, by: 2) {
            sum += UInt32(bytes[index]) << 8 | UInt32(bytes[index + 1])
        }
        while sum > 0xFFFF { sum = sum & 0xFFFF + sum >> 16 }
        return ~UInt16(sum)
    }

    private enum Width: UInt16 {
        /// Codes of the classic packet filter: load a word or a byte at an offset.
        case word = 0x20
        case byte = 0x30
    }

    /// What stands in the frame at the offset.
    private struct Condition {
        var width: Width
        var offset: UInt32
        var value: UInt32

        init(_ width: Width, _ offset: UInt32, _ value: UInt32) {
            (self.width, self.offset, self.value) = (width, offset, value)
        }
    }

    /// All of them have to hold.
    private static func filter(_ conditions: [Condition]) -> [linux_filter_instruction] {
        var program: [linux_filter_instruction] = []
        for (index, condition) in conditions.enumerated() {
            let toRefusal = UInt8(2 * (conditions.count - index - 1) + 1)
            program.append(
                linux_filter_instruction(
                    code: condition.width.rawValue, jump_true: 0, jump_false: 0, value: condition.offset))
            program.append(
                linux_filter_instruction(code: 0x15, jump_true: 0, jump_false: toRefusal, value: condition.value))
        }
        program.append(linux_filter_instruction(code: 0x06, jump_true: 0, jump_false: 0, value: 2048))
        program.append(linux_filter_instruction(code: 0x06, jump_true: 0, jump_false: 0, value: 0))
        return program
    }
}
