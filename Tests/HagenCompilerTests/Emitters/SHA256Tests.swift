import Testing

@testable import HagenCompiler

/// Goal: a release is named by the SHA-256 that every other program would compute.
struct SHA256Tests {
    private static func digest(of text: String) -> String {
        var hash = SHA256()
        hash.update(Array(text.utf8))
        return hash.finish()
    }

    /// Goal: the examples of the standard (NIST, "SHA-256 Example", and FIPS 180-2, appendix B.3).
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        (
            String(repeating: "a", count: 1_000_000),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
        ),
    ])
    func standard(text: String, expected: String) {
        #expect(Self.digest(of: text) == expected)
    }

    /// Goal: it does not matter in which pieces the bytes come, wherever a piece ends within a block of 64.
    @Test func pieces() {
        let bytes = (0..<200).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        for length in 0...bytes.count {
            var whole = SHA256()
            whole.update(Array(bytes[..<length]))
            let expected = whole.finish()
            for cut in stride(from: 0, through: length, by: 13) {
                var parts = SHA256()
                parts.update(Array(bytes[..<cut]))
                parts.update([])
                parts.update(Array(bytes[cut..<length]))
                #expect(parts.finish() == expected, "\(length) bytes, cut at \(cut)")
            }
        }
    }
}
