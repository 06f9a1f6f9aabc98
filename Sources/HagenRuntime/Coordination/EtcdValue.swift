/// A value as it stands in etcd: behind 16 digits that name the commit that wrote it, and a space.
///
/// A commit may be sent several times. By these digits it recognises its own work, even where another client wrote the same
/// value. What has none was written by somebody else and is taken as it is.
struct EtcdValue: Equatable, Sendable {
    var nonce: String?
    var value: String

    init(nonce: String, value: String) {
        self.nonce = nonce
        self.value = value
    }

    init(stored: String) {
        let bytes = stored.utf8
        let digits = bytes.prefix(16)
        guard bytes.dropFirst(16).first == UInt8(ascii: " "), digits.allSatisfy(Self.isDigit) else {
            (nonce, value) = (nil, stored)
            return
        }
        nonce = String(decoding: digits, as: UTF8.self)
        value = String(decoding: bytes.dropFirst(17), as: UTF8.self)
    }

    /// Between which all values lie that the commit wrote, and no other: etcd compares values whole, byte by byte.
    static func bounds(nonce: String) -> [EtcdComparison.Expectation] {
        // The character after the space.
        [.valueAbove(nonce + " "), .valueBelow(nonce + "!")]
    }

    var stored: String { (nonce.map { $0 + " " } ?? "") + value }

    private static func isDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"): true
        default: false
        }
    }
}

extension StoreRecord {
    init(_ record: EtcdRecord) {
        let stored = EtcdValue(stored: record.value)
        self.init(key: record.key, value: stored.value, revision: record.revision, commitID: stored.nonce)
    }
}
