/// The embedded store over HTTP/1.1, all of it JSON:
///
///     GET  /v1/records?prefix=P          StoreSnapshot
///     POST /v1/commit                    StoreCommitRequest to CommitResult
///     GET  /v1/watch?prefix=P&after=R    StoreWatchLine, one a line, without end
///
/// What is refused has a status of 4xx or 503 and a `StoreRefusal` as its body.
enum StorePath {
    static let records = "/v1/records"
    static let commit = "/v1/commit"
    static let watch = "/v1/watch"
    /// The longest body: a commit at all its limits, with room for the escapes of ordinary text.
    static let maximumBodyByteCount = 16 << 20
}

struct StoreCommitRequest: Codable, Equatable, Sendable {
    var swaps: [CompareAndSwap]
}

enum StoreWatchLine: Codable, Equatable, Sendable {
    /// The first line: the watch stands.
    case started(storeID: String, revision: Int64)
    case change(StoreChange)
    /// At least every `heartbeat`: every change up to this revision has been told.
    case progress(revision: Int64)

    static let heartbeat = Duration.milliseconds(500)
    /// Three missed ones, and the store is taken for dead.
    static let maximumSilence = Duration.milliseconds(1_600)
    /// A change with the longest key and value, every byte escaped, fits.
    static let maximumByteCount = 1 << 20
}

struct StoreRefusal: Codable, Equatable, Sendable {
    enum Kind: String, Codable, Sendable { case refused, compacted, unavailable }
    var kind: Kind
    var reason: String
    /// With `compacted`: see `CoordinationError.compacted`.
    var oldest: Int64?

    init(_ error: CoordinationError) {
        reason = error.description
        switch error {
        case .refused(let words): (kind, reason) = (.refused, words)
        case .compacted(let first): (kind, oldest) = (.compacted, first)
        case .unreachable(let words): (kind, reason) = (.unavailable, words)
        }
    }

    var error: CoordinationError {
        switch kind {
        case .refused: .refused(reason)
        case .compacted: oldest.map { .compacted(oldest: $0) } ?? .unreachable(reason)
        case .unavailable: .unreachable(reason)
        }
    }

    /// The HTTP status that goes with it.
    var status: Int {
        switch kind {
        case .refused: 400
        case .compacted: 410
        case .unavailable: 503
        }
    }
}
