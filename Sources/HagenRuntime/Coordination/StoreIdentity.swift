/// Identities of stores: 128 random bits, so that two stores are never taken for one.
enum StoreIdentity {
    /// 16 digits, of 64 random bits.
    static func newCommitID() -> String { hexadecimal(UInt64.random(in: 0 ... .max)) }

    static func random() -> String {
        var generator = SystemRandomNumberGenerator()
        return (0..<4).map { _ in
            let digits = String(UInt32.random(in: 0 ... .max, using: &generator), radix: 16)
            return String(repeating: "0", count: 8 - digits.count) + digits
        }.joined()
    }
}
