internal import Glibc

/// Reads a file whole, if it is one of moderate size; /proc's files say nothing of their size beforehand.
enum SmallFile {
    static let defaultLimit = 4 << 20

    /// `nil` where it cannot be read, is longer than the limit in bytes, or is not UTF-8.
    static func text(at path: String, limit: Int = defaultLimit) -> String? {
        // Not blocking: opening a named pipe would else wait for its writer.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { return nil }
            if count == 0 { return String(validating: bytes, as: UTF8.self) }
            bytes += chunk[..<count]
            guard bytes.count <= limit else { return nil }
        }
    }
}
