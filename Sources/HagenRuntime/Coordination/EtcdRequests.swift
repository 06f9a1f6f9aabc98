internal import FoundationEssentials

/// What is asked of etcd's JSON gateway (`/v3/…`): the messages of its gRPC interface in the JSON mapping of protocol
/// buffers. Bytes are base64 and 64-bit integers are text.

struct EtcdTransaction: Encodable, Equatable, Sendable {
    /// All must hold for `success`, else `failure` is carried out.
    var compare: [EtcdComparison] = []
    var success: [EtcdOperation]
    var failure: [EtcdOperation] = []
}

struct EtcdComparison: Encodable, Equatable, Sendable {
    enum Expectation: Equatable, Sendable {
        /// 0: the key is absent.
        case lastWrite(revision: Int64)
        case value(String)
        case valueAbove(String)
        case valueBelow(String)
    }
    var key: String
    var expected: Expectation

    private enum CodingKeys: String, CodingKey {
        case key, target, result, value
        case revision = "mod_revision"
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(key.base64, forKey: .key)
        switch expected {
        case .lastWrite(let revision):
            try container.encode("EQUAL", forKey: .result)
            try container.encode("MOD", forKey: .target)
            try container.encode(String(revision), forKey: .revision)
        case .value(let value): try encode("EQUAL", value, into: &container)
        case .valueAbove(let value): try encode("GREATER", value, into: &container)
        case .valueBelow(let value): try encode("LESS", value, into: &container)
        }
    }

    private func encode(
        _ result: String, _ value: String, into container: inout KeyedEncodingContainer<CodingKeys>
    ) throws {
        try container.encode(result, forKey: .result)
        try container.encode("VALUE", forKey: .target)
        try container.encode(value.base64, forKey: .value)
    }
}

indirect enum EtcdOperation: Encodable, Equatable, Sendable {
    case read(EtcdRange)
    case put(key: String, value: String)
    case remove(key: String)
    case transaction(EtcdTransaction)

    private enum CodingKeys: String, CodingKey {
        case read = "request_range"
        case put = "request_put"
        case remove = "request_delete_range"
        case transaction = "request_txn"
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .read(let range): try container.encode(range, forKey: .read)
        case .put(let key, let value):
            try container.encode(["key": key.base64, "value": value.base64], forKey: .put)
        case .remove(let key): try container.encode(["key": key.base64], forKey: .remove)
        case .transaction(let transaction): try container.encode(transaction, forKey: .transaction)
        }
    }
}

/// Always linearizable: a serializable read is answered by a member that has lost the others, too.
struct EtcdRange: Encodable, Equatable, Sendable {
    var keys: EtcdKeys
    /// As it was then; `nil`: as it is.
    var revision: Int64?

    private enum CodingKeys: String, CodingKey {
        case key, revision
        case end = "range_end"
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(keys.first, forKey: .key)
        try container.encodeIfPresent(keys.end, forKey: .end)
        try container.encodeIfPresent(revision.map { String($0) }, forKey: .revision)
    }
}

/// One key, or all from `first` to before `end`, in base64.
struct EtcdKeys: Equatable, Sendable {
    var first: String
    var end: String?

    init(one key: String) { first = key.base64 }

    init(prefix: String) {
        guard !prefix.isEmpty else {
            // A single zero byte on both sides stands for every key.
            (first, end) = ("AA==", "AA==")
            return
        }
        first = prefix.base64
        var bytes = Array(prefix.utf8)
        // No byte of UTF-8 is 255, so that the last one can always grow.
        bytes[bytes.count - 1] += 1
        end = Data(bytes).base64EncodedString()
    }
}

struct EtcdWatchRequest: Encodable, Equatable, Sendable {
    var keys: EtcdKeys
    /// Of the first change that is asked for; at least 1, for etcd takes 0 for "from now on".
    var startRevision: Int64

    private enum CodingKeys: String, CodingKey { case create = "create_request" }
    private enum CreateKeys: String, CodingKey {
        case key
        case end = "range_end"
        case start = "start_revision"
        case progress = "progress_notify"
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        var create = container.nestedContainer(keyedBy: CreateKeys.self, forKey: .create)
        try create.encode(keys.first, forKey: .key)
        try create.encodeIfPresent(keys.end, forKey: .end)
        try create.encode(String(startRevision), forKey: .start)
        try create.encode(true, forKey: .progress)
    }
}

extension String {
    var base64: String { Data(utf8).base64EncodedString() }
}
