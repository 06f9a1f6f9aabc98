internal import FoundationEssentials
internal import Glibc
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
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw EngineFailure("cannot read '\(path)': \(systemMessage(errno))")
        }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 64 << 10)
        let count = Glibc.read(descriptor, &bytes, bytes.count)
        guard count >= 0 else { throw EngineFailure("cannot read '\(path)': \(systemMessage(errno))") }
        do {
            return try JSONDecoder().decode(Self.self, from: Data(bytes.prefix(count)))
        } catch {
            throw EngineFailure("'\(path)' does not say what was put into the network: \(error)")
        }
    }

    /// Replaces it at once. It is not made durable: it has to survive processes, not the host.
    func write(_ path: String) throws(EngineFailure) {
        guard let bytes = try? JSONEncoder().encode(self) else { throw EngineFailure("cannot encode '\(path)'") }
        let temporary = path + ".new"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw EngineFailure("cannot write '\(temporary)': \(systemMessage(errno))") }
        let isWritten = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) == $0.count }
        let problem = errno
        close(descriptor)
        guard isWritten else { throw EngineFailure("cannot write '\(temporary)': \(systemMessage(problem))") }
        guard rename(temporary, path) == 0 else {
            throw EngineFailure("cannot replace '\(path)': \(systemMessage(errno))")
        }
    }
}
