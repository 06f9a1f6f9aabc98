internal import FoundationEssentials
internal import NIOPosix

/// Where the last change of role is kept over restarts of the agent.
struct HookMemoryFile: Sendable {
    private static let maximumByteCount = 4096
    let path: String

    /// `nil` where nothing is remembered; what cannot be read counts as nothing, and a hook may then run again.
    func read() -> RoleChange? {
        guard let bytes = try? SmallFile.bytes(at: path, limit: Self.maximumByteCount) else { return nil }
        return try? JSONDecoder().decode(RoleChange.self, from: Data(bytes))
    }

    /// Returns once it would survive a power cut.
    func write(_ change: RoleChange) async throws {
        let bytes = Array(try JSONEncoder().encode(change))
        try await NIOThreadPool.singleton.runIfActive { try ReplacedFile.write(bytes, to: path, isDurable: true) }
    }
}
