internal import FoundationEssentials

/// What etcd's JSON gateway answers. Whatever is zero, false or empty is left out of it.

struct EtcdHeader: Decodable, Equatable, Sendable {
    var clusterID: UInt64 = 0
    var memberID: UInt64 = 0
    /// Of the store when the request was carried out.
    var revision: Int64 = 0
    var term: UInt64 = 0

    private enum CodingKeys: String, CodingKey {
        case clusterID = "cluster_id"
        case memberID = "member_id"
        case revision
        case term = "raft_term"
    }

    init(clusterID: UInt64, memberID: UInt64, revision: Int64, term: UInt64) {
        (self.clusterID, self.memberID, self.revision, self.term) = (clusterID, memberID, revision, term)
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        clusterID = try container.integer(.clusterID)
        memberID = try container.integer(.memberID)
        revision = try container.integer(.revision)
        term = try container.integer(.term)
    }
}

struct EtcdRecord: Decodable, Equatable, Sendable {
    var key: String
    var value: String
    /// Of the last write.
    var revision: Int64

    private enum CodingKeys: String, CodingKey {
        case key, value
        case revision = "mod_revision"
    }

    init(key: String, value: String, revision: Int64) {
        (self.key, self.value, self.revision) = (key, value, revision)
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        key = try container.text(.key)
        value = try container.text(.value)
        revision = try container.integer(.revision)
    }
}

struct EtcdRangeAnswer: Decodable, Equatable, Sendable {
    var header: EtcdHeader?
    var records: [EtcdRecord]

    private enum CodingKeys: String, CodingKey {
        case header
        case records = "kvs"
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        header = try container.decodeIfPresent(EtcdHeader.self, forKey: .header)
        records = try container.decodeIfPresent([EtcdRecord].self, forKey: .records) ?? []
    }
}

/// Header of the outermost transaction; of one within another only what it did.
struct EtcdTransactionAnswer: Decodable, Equatable, Sendable {
    struct Operation: Decodable, Equatable, Sendable {
        var range: EtcdRangeAnswer?
        var transaction: EtcdTransactionAnswer?

        private enum CodingKeys: String, CodingKey {
            case range = "response_range"
            case transaction = "response_txn"
        }
    }
    var header: EtcdHeader?
    var succeeded: Bool
    /// One for each operation of the branch that was carried out.
    var operations: [Operation]

    private enum CodingKeys: String, CodingKey {
        case header, succeeded
        case operations = "responses"
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        header = try container.decodeIfPresent(EtcdHeader.self, forKey: .header)
        succeeded = try container.decodeIfPresent(Bool.self, forKey: .succeeded) ?? false
        operations = try container.decodeIfPresent([Operation].self, forKey: .operations) ?? []
    }
}

/// What is not done, with the gRPC code: of a request, or of a watch amid its lines.
struct EtcdRefusal: Decodable, Equatable, Sendable, Error, CustomStringConvertible {
    var code: Int
    var message: String

    private enum CodingKeys: String, CodingKey {
        case code, message
        case streamCode = "grpc_code"
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        code =
            try container.decodeIfPresent(Int.self, forKey: .code)
            ?? container.decodeIfPresent(Int.self, forKey: .streamCode) ?? 2
        message = try container.decodeIfPresent(String.self, forKey: .message) ?? ""
    }

    /// The request broke a limit (3, invalid argument; 8, the store is full) or is not allowed (7, 16): nothing was done,
    /// and another member would say the same.
    var isFinal: Bool { [3, 7, 8, 16].contains(code) }

    var description: String { message.isEmpty ? "gRPC code \(code)" : message }
}

/// A line of a watch.
struct EtcdWatchLine: Decodable, Sendable {
    struct Event: Decodable, Sendable {
        var isRemoval: Bool
        var record: EtcdRecord

        private enum CodingKeys: String, CodingKey {
            case type
            case record = "kv"
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            isRemoval = try container.decodeIfPresent(String.self, forKey: .type) == "DELETE"
            record = try container.decode(EtcdRecord.self, forKey: .record)
        }
    }

    struct Result: Decodable, Sendable {
        var header: EtcdHeader?
        var isCreated: Bool
        var isCanceled: Bool
        /// Above 0: the store has forgotten what came before this revision.
        var compactRevision: Int64
        var cancelReason: String
        var events: [Event]

        private enum CodingKeys: String, CodingKey {
            case header, events
            case isCreated = "created"
            case isCanceled = "canceled"
            case compactRevision = "compact_revision"
            case cancelReason = "cancel_reason"
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            header = try container.decodeIfPresent(EtcdHeader.self, forKey: .header)
            isCreated = try container.decodeIfPresent(Bool.self, forKey: .isCreated) ?? false
            isCanceled = try container.decodeIfPresent(Bool.self, forKey: .isCanceled) ?? false
            compactRevision = try container.integer(.compactRevision)
            cancelReason = try container.decodeIfPresent(String.self, forKey: .cancelReason) ?? ""
            events = try container.decodeIfPresent([Event].self, forKey: .events) ?? []
        }
    }
    var result: Result?
    var error: EtcdRefusal?
}

extension KeyedDecodingContainer {
    /// Text, or a number; 0 where it is absent.
    fileprivate func integer<Integer: FixedWidthInteger & Decodable>(_ key: Key) throws -> Integer {
        guard contains(key) else { return 0 }
        if let text = try? decode(String.self, forKey: key) {
            guard let integer = Integer(text) else {
                throw DecodingError.dataCorruptedError(forKey: key, in: self, debugDescription: "'\(text)'")
            }
            return integer
        }
        return try decode(Integer.self, forKey: key)
    }

    /// From base64; empty where it is absent. Bytes that are no UTF-8 are replaced: nothing of Hagen's has any.
    fileprivate func text(_ key: Key) throws -> String {
        guard let encoded = try decodeIfPresent(String.self, forKey: key) else { return "" }
        guard let data = Data(base64Encoded: encoded) else {
            throw DecodingError.dataCorruptedError(forKey: key, in: self, debugDescription: "no base64")
        }
        return String(decoding: data, as: UTF8.self)
    }
}
