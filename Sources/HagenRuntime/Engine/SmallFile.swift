internal import Glibc

/// Reads a file whole, if it is one of moderate size; /proc's files say nothing of their size beforehand.
enum SmallFile {
    static let defaultLimit = 4 << 20

    /// `nil` where it cannot be read, is longer than the limit in bytes, or is not UTF-8.
    static func text(at path: String, limit: Int = defaultLimit) -> String? {
        guard let bytes = try? bytes(at: path, limit: limit) else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }

    /// - Returns: `nil` where there is none.
    /// - Throws: in words, where it cannot be read or is longer than the limit in bytes.
    static func bytes(at path: String, limit: Int = defaultLimit) throws(EngineFailure) -> [UInt8]? {
        // Not blocking: opening a named pipe would else wait for its writer.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw EngineFailure("cannot read '\(path)': \(systemMessage(errno))")
        }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw EngineFailure("cannot read '\(path)': \(systemMessage(errno))") }
            if count == 0 { return bytes }
            bytes += chunk[..<count]
            guard bytes.count <= limit else { throw EngineFailure("'\(path)' has more than \(limit) bytes") }
        }
    }
}
