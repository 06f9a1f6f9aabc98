internal import Glibc

/// The address of a Unix socket, as the system calls take it.
struct UnixSocketAddress {
    /// Bytes of the longest path: `sun_path` less its final zero.
    static let maximumPathByteCount = 107
    private var address = sockaddr_un()
    private var length: socklen_t

    /// A socket in the file system; `nil` where the path is empty, too long or has a zero in it.
    init?(path: String) { self.init(bytes: Array(path.utf8), isAbstract: false) }

    /// The value of `NOTIFY_SOCKET`: a path, or an abstract name after `@`.
    init?(notificationPath path: String) {
        switch path.first {
        case "/": self.init(path: path)
        case "@": self.init(bytes: Array(path.utf8.dropFirst()), isAbstract: true)
        default: return nil
        }
    }

    private init?(bytes: [UInt8], isAbstract: Bool) {
        guard !bytes.isEmpty, bytes.count <= Self.maximumPathByteCount, !bytes.contains(0) else { return nil }
        address.sun_family = sa_family_t(AF_UNIX)
        let offset = isAbstract ? 1 : 0
        withUnsafeMutableBytes(of: &address.sun_path) { path in
            for (index, byte) in bytes.enumerated() { path[index + offset] = byte }
        }
        // An abstract name has no final zero: its length ends it.
        length = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count + 1)
    }

    func withPointer<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, length) }
        }
    }
}
