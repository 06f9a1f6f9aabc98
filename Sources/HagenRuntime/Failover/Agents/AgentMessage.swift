internal import Crypto
internal import FoundationEssentials
internal import HagenEngine

/// What agents tell each other, and the balancers that ask them, in one datagram.
///
/// Greetings put candidates in order and make a silent host suspect; they decide nothing. Promises do (rule 13), and
/// permits say where clients are sent (rule 14), so off loopback every datagram is authenticated with the key that the
/// agents of a topology share.
struct AgentMessage: Codable, Equatable, Sendable {
    enum Content: Codable, Equatable, Sendable {
        case greeting([Greeting])
        /// The holder cannot reach the store: who gets this is asked not to take over.
        case question(LeaseQuestion)
        case promise(LeaseQuestion)
        /// The holder of that epoch, not promoted yet, asks to stop receiving from older ones and to report (rule 11).
        case dataQuestion(LeaseQuestion)
        /// The answer: it has stopped, and that is what it has.
        case dataReport(LeaseQuestion, position: ReplicationPosition)
        /// A balancer asks who acts. `round` is drawn at random, so that no answer serves twice.
        case inquiry(round: UInt64)
        /// The answer, of an agent that acts only.
        case holding(round: UInt64, permits: [HeldPermit])
    }
    static let version = 2
    /// What a datagram can carry. `FailoverFaults` bounds clusters and names so that every greeting is shorter.
    static let maximumByteCount = 65_000
    var version = Self.version
    var topology: String
    var host: String
    var content: Content
}

/// What a host says of its member of one cluster.
struct Greeting: Codable, Equatable, Sendable {
    static let maximumProblemLength = 120
    var cluster: String
    /// The member would take the lease if it were free.
    var isReady: Bool
    /// The highest epoch that the host remembers.
    var epoch: UInt64
    /// Why the member would not take it, in words.
    var problem: String?
    /// Of a cluster with data: what is durable here.
    var position: ReplicationPosition?
}

/// The right to act that a host has in one cluster.
struct HeldPermit: Codable, Equatable, Sendable {
    var cluster: String
    var epoch: UInt64
    /// A duration, for the clocks of two hosts do not compare.
    var leftInNanoseconds: Int64
}

/// The question of the holder of an epoch, and what the answer to it names.
struct LeaseQuestion: Codable, Equatable, Sendable {
    var cluster: String
    var epoch: UInt64
    /// Drawn at random by the one who asks: an answer shows that the question was seen.
    var round: UInt64
}

/// Understands what one host says, and only once what it says again and again: a greeting mostly repeats the one before.
struct AgentListener: Sendable {
    private var last: (text: ArraySlice<UInt8>, message: AgentMessage)?

    /// - Parameter text: of an authentic datagram.
    /// - Returns: `nil` where it is no message of this version.
    mutating func message(_ text: ArraySlice<UInt8>) -> AgentMessage? {
        if let last, last.text == text { return last.message }
        guard let message = AgentWire.message(text) else { return nil }
        if case .greeting = message.content { last = (text, message) }
        return message
    }
}

/// Turns messages into datagrams and back. With a key, 32 bytes of HMAC-SHA-256 (RFC 2104, FIPS 180-4) over the text
/// follow it, and a datagram without them, or with others, is none.
struct AgentWire: Sendable {
    static let macByteCount = 32
    let key: SymmetricKey?

    init(key: [UInt8]?) { self.key = key.map { SymmetricKey(data: $0) } }

    /// `nil` where it would be too long for a datagram.
    func datagram(_ message: AgentMessage) -> [UInt8]? {
        guard let text = try? JSONEncoder().encode(message),
            text.count <= AgentMessage.maximumByteCount - Self.macByteCount
        else { return nil }
        guard let key else { return Array(text) }
        return Array(text) + Array(HMAC<SHA256>.authenticationCode(for: text, using: key))
    }

    /// `nil` for whatever is not an authentic message of this version.
    func message(_ datagram: [UInt8]) -> AgentMessage? { authenticText(datagram).flatMap(Self.message) }

    /// What a datagram says, not understood yet; `nil` where it is not authentic.
    func authenticText(_ datagram: [UInt8]) -> ArraySlice<UInt8>? {
        guard let key else { return datagram[...] }
        guard datagram.count > Self.macByteCount else { return nil }
        let text = datagram.dropLast(Self.macByteCount)
        let code = datagram.suffix(Self.macByteCount)
        return HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: text, using: key) ? text : nil
    }

    static func message(_ text: ArraySlice<UInt8>) -> AgentMessage? {
        guard let message = try? JSONDecoder().decode(AgentMessage.self, from: Data(text)),
            message.version == AgentMessage.version
        else { return nil }
        return message
    }
}
