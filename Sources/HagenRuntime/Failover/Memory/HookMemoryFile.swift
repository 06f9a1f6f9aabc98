internal import FoundationEssentials
internal import Glibc
internal import NIOPosix

/// Where the last change of role is kept over restarts of the agent.
struct HookMemoryFile: Sendable {
    let path: String

    /// `nil` where nothing is remembered; what cannot be read counts as nothing, and a hook may then run again.
    func read() -> RoleChange? {
        guard let bytes = try? Data(contentsOf: URL(filePath: path)), bytes.count < 4096 else { return nil }
        return try? JSONDecoder().decode(RoleChange.self, from: bytes)
    }

    func write(_ change: RoleChange) async throws {
        try await NIOThreadPool.singleton.runIfActive {
            let bytes = Array(try JSONEncoder().encode(change))
            let temporary = path + ".new"
            let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
            guard descriptor >= 0 else { throw EngineFailure("cannot write '\(temporary)': \(systemMessage(errno))") }
            let isWritten = Glibc.write(descriptor, bytes, bytes.count) == bytes.count && fsync(descriptor) == 0
            close(descriptor)
            guard isWritten, rename(temporary, path) == 0 else {
                throw EngineFailure("cannot write '\(path)': \(systemMessage(errno))")
            }
        }
    }
}
