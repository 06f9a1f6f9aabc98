internal import FoundationEssentials

/// What agents tell each other, in one datagram. It only puts candidates in order; the lease alone decides.
struct Greeting: Codable, Equatable, Sendable {
    struct Member: Codable, Equatable, Sendable {
        var cluster: String
        /// The member would take the lease if it were free.
        var isReady: Bool
        /// The highest epoch that the host remembers.
        var epoch: UInt64
    }
    static let version = 1
    /// What a datagram can carry. `FailoverFaults` bounds clusters and names so that every greeting is shorter.
    static let maximumByteCount = 65_000
    var version = Self.version
    var topology: String
    var host: String
    var members: [Member]

    /// `nil` for whatever is not a greeting of this version.
    static func read(_ bytes: some Sequence<UInt8>) -> Greeting? {
        guard let greeting = try? JSONDecoder().decode(Self.self, from: Data(bytes)), greeting.version == version
        else { return nil }
        return greeting
    }
}
