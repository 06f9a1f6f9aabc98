/// SHA-256 of bytes that come piece by piece (FIPS 180-4, section 6.2).
///
/// Written out here because it is all that the compiler would need of a library that takes longer to build than the
/// compiler itself, and the build plugin builds the compiler in every project that uses it. It names contents; nothing
/// secret ever goes through it.
struct SHA256 {
    private var state: [UInt32] = [
        0x6A09_E667, 0xBB67_AE85, 0x3C6E_F372, 0xA54F_F53A, 0x510E_527F, 0x9B05_688C, 0x1F83_D9AB, 0x5BE0_CD19,
    ]
    /// What does not fill a block yet: fewer than 64 bytes.
    private var rest: [UInt8] = []
    private var byteCount: UInt64 = 0
    /// Of one block: kept, so that it is not allocated for each.
    private var schedule = [UInt32](repeating: 0, count: 64)

    private static let blockBytes = 64

    mutating func update(_ bytes: [UInt8]) {
        byteCount += UInt64(bytes.count)
        var start = 0
        if !rest.isEmpty {
            start = min(Self.blockBytes - rest.count, bytes.count)
            rest += bytes[..<start]
            guard rest.count == Self.blockBytes else { return }
            compress(rest, at: 0)
            rest.removeAll(keepingCapacity: true)
        }
        while bytes.count - start >= Self.blockBytes {
            compress(bytes, at: start)
            start += Self.blockBytes
        }
        rest += bytes[start...]
    }

    /// 64 hexadecimal digits. Nothing may follow.
    consuming func finish() -> String {
        let bitCount = byteCount * 8
        var padding: [UInt8] = [0x80]
        // The length takes the last 8 bytes of the last block.
        let used = (rest.count + 1) % Self.blockBytes
        padding += [UInt8](repeating: 0, count: (Self.blockBytes + 56 - used) % Self.blockBytes)
        padding += (0..<8).map { UInt8(truncatingIfNeeded: bitCount >> (56 - 8 * $0)) }
        update(padding)
        precondition(rest.isEmpty, "\(rest.count) bytes are left after the padding of a digest")
        return state.map { word in
            let digits = String(word, radix: 16)
            return String(repeating: "0", count: 8 - digits.count) + digits
        }
        .joined()
    }

    private mutating func compress(_ bytes: [UInt8], at start: Int) {
        Self.expand(bytes, at: start, into: &schedule)
        Self.mix(schedule, Self.roundConstants, into: &state)
    }

    // Pointers, because a debug build, which is what a build plugin is, takes ten times as long with arrays.

    private static func expand(
        _ bytes: UnsafePointer<UInt8>, at start: Int, into schedule: UnsafeMutablePointer<UInt32>
    ) {
        var index = 0
        while index < 16 {
            let first = start + 4 * index
            schedule[index] =
                UInt32(bytes[first]) << 24 | UInt32(bytes[first + 1]) << 16 | UInt32(bytes[first + 2]) << 8
                | UInt32(bytes[first + 3])
            index += 1
        }
        while index < 64 {
            let (early, late) = (schedule[index - 15], schedule[index - 2])
            let first = rotated(early, 7) ^ rotated(early, 18) ^ (early >> 3)
            let second = rotated(late, 17) ^ rotated(late, 19) ^ (late >> 10)
            schedule[index] = schedule[index - 16] &+ first &+ schedule[index - 7] &+ second
            index += 1
        }
    }

    /// The variables have the standard's names.
    private static func mix(
        _ schedule: UnsafePointer<UInt32>, _ constants: UnsafePointer<UInt32>,
        into state: UnsafeMutablePointer<UInt32>
    ) {
        var (a, b, c, d) = (state[0], state[1], state[2], state[3])
        var (e, f, g, h) = (state[4], state[5], state[6], state[7])
        var index = 0
        while index < 64 {
            let choice = (e & f) ^ (~e & g)
            let majority = (a & b) ^ (a & c) ^ (b & c)
            let first =
                h &+ (rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25)) &+ choice &+ constants[index] &+ schedule[index]
            let second = (rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22)) &+ majority
            (h, g, f, e, d, c, b, a) = (g, f, e, d &+ first, c, b, a, first &+ second)
            index += 1
        }
        for (index, value) in [a, b, c, d, e, f, g, h].enumerated() { state[index] &+= value }
    }

    private static func rotated(_ word: UInt32, _ count: UInt32) -> UInt32 {
        (word &>> count) | (word &<< (32 &- count))
    }

    /// The first 32 bits of the fractional parts of the cube roots of the first 64 primes (section 4.2.2).
    private static let roundConstants: [UInt32] = [
        0x428A_2F98, 0x7137_4491, 0xB5C0_FBCF, 0xE9B5_DBA5, 0x3956_C25B, 0x59F1_11F1, 0x923F_82A4, 0xAB1C_5ED5,
        0xD807_AA98, 0x1283_5B01, 0x2431_85BE, 0x550C_7DC3, 0x72BE_5D74, 0x80DE_B1FE, 0x9BDC_06A7, 0xC19B_F174,
        0xE49B_69C1, 0xEFBE_4786, 0x0FC1_9DC6, 0x240C_A1CC, 0x2DE9_2C6F, 0x4A74_84AA, 0x5CB0_A9DC, 0x76F9_88DA,
        0x983E_5152, 0xA831_C66D, 0xB003_27C8, 0xBF59_7FC7, 0xC6E0_0BF3, 0xD5A7_9147, 0x06CA_6351, 0x1429_2967,
        0x27B7_0A85, 0x2E1B_2138, 0x4D2C_6DFC, 0x5338_0D13, 0x650A_7354, 0x766A_0ABB, 0x81C2_C92E, 0x9272_2C85,
        0xA2BF_E8A1, 0xA81A_664B, 0xC24B_8B70, 0xC76C_51A3, 0xD192_E819, 0xD699_0624, 0xF40E_3585, 0x106A_A070,
        0x19A4_C116, 0x1E37_6C08, 0x2748_774C, 0x34B0_BCB5, 0x391C_0CB3, 0x4ED8_AA4A, 0x5B9C_CA4F, 0x682E_6FF3,
        0x748F_82EE, 0x78A5_636F, 0x84C8_7814, 0x8CC7_0208, 0x90BE_FFFA, 0xA450_6CEB, 0xBEF9_A3F7, 0xC671_78F2,
    ]
}
