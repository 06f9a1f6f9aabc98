internal import Foundation

/// One request and one response, a line of JSON each, over a Unix socket.
enum LineSocket {
    /// What fits into the kernel's `sockaddr_un` with its final zero.
    static let longestPath = 107

    /// - Throws: `DeployError` when nobody answers within the time, which bounds each single read and write.
    static func exchange(_ request: Data, at path: String, limit: Int, within time: Duration) async throws -> Data {
        try await SystemCalls.blocking {
            let descriptor = try socket(SOCK_STREAM)
            defer { _ = close(descriptor) }
            setTimeouts(of: descriptor, to: time)
            let connected = try withAddress(path) { connect(descriptor, $0, $1) }
            guard connected == 0 else { throw DeployError("cannot reach '\(path)': \(SystemCalls.lastError)") }
            try write(request + Data([UInt8(ascii: "\n")]), to: descriptor, path: path)
            guard let answer = SystemCalls.contents(of: descriptor, limit: limit) else {
                throw DeployError("no answer from '\(path)': \(SystemCalls.lastError)")
            }
            guard let line = answer.split(separator: UInt8(ascii: "\n"), maxSplits: 1).first else {
                throw DeployError("'\(path)' closed the connection without an answer")
            }
            return Data(line)
        }
    }

    static func socket(_ type: __socket_type) throws -> Int32 {
        let descriptor = Foundation.socket(AF_UNIX, Int32(type.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw DeployError("cannot make a socket: \(SystemCalls.lastError)") }
        return descriptor
    }

    /// A socket bound to the path, which nobody but this user may use.
    static func bound(_ type: __socket_type, at path: String) throws -> Int32 {
        let descriptor = try socket(type)
        unlink(path)
        let bound = try withAddress(path) { bind(descriptor, $0, $1) }
        guard bound == 0 else {
            let reason = SystemCalls.lastError
            _ = close(descriptor)
            throw DeployError("cannot listen on '\(path)': \(reason)")
        }
        chmod(path, 0o600)
        return descriptor
    }

    static func setTimeouts(of descriptor: Int32, to time: Duration) {
        var interval = timeval(
            tv_sec: Int(time.components.seconds), tv_usec: Int(time.components.attoseconds / 1_000_000_000_000))
        let size = socklen_t(MemoryLayout<timeval>.size)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &interval, size)
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &interval, size)
    }

    static func write(_ data: Data, to descriptor: Int32, path: String) throws {
        var rest = Array(data)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw DeployError("cannot write to '\(path)': \(SystemCalls.lastError)") }
            rest = rest.dropFirst(count)
        }
    }

    private static func withAddress(
        _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) throws -> Int32 {
        let bytes = Array(path.utf8)
        guard bytes.count <= longestPath else {
            throw DeployError(
                "the path of a socket may have \(longestPath) bytes, and '\(path)' has \(bytes.count)",
                advice: "Set XDG_RUNTIME_DIR to a shorter path.")
        }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }
}
