internal import FoundationEssentials
internal import Hagen

/// What a supervisor may have put into this host's network, in a file beside its socket: whoever comes after one that was
/// killed learns from it what to take away. It lies in the runtime folder, and neither it nor what it names outlives a
/// boot.
struct NetworkRecord: Codable, Equatable {
    var addresses: [FailoverConfiguration.VirtualAddress] = []
    var permitPort: Int?

    static func path(besides socket: String) -> String { socket + ".network" }

    /// - Returns: `nil` where there is none.
    /// - Throws: in words, where it cannot be read.
    static func read(_ path: String) throws(EngineFailure) -> NetworkRecord? {
        guard let bytes = try SmallFile.bytes(at: path, limit: 64 << 10) else { return nil }
        do {
            return try JSONDecoder().decode(Self.self, from: Data(bytes))
        } catch {
            throw EngineFailure("'\(path)' does not say what was put into the network: \(error)")
        }
    }

    /// Replaces it at once. It is not made durable: it has to survive processes, not the host.
    func write(_ path: String) throws(EngineFailure) {
        guard let bytes = try? JSONEncoder().encode(self) else { throw EngineFailure("cannot encode '\(path)'") }
        try ReplacedFile.write(Array(bytes), to: path, isDurable: false)
    }
}
