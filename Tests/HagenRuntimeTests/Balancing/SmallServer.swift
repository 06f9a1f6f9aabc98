import Glibc
import Hagen
import Synchronization

/// A server on loopback that sends the same text to everybody who connects, and closes.
final class SmallServer: Sendable {
    let address: SocketAddress
    private let listener: Int32
    private let thread: Mutex<pthread_t?>
    private let text: Mutex<String>
    private let speaksFirst: Bool

    /// - Parameter speaksFirst: does not wait for a word of the client.
    init(_ text: String, port: Int = 0, speaksFirst: Bool = true) throws {
        self.speaksFirst = speaksFirst
        self.text = Mutex(text)
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var one: Int32 = 1
        setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, 4)
        let wanted = SocketAddress(IPAddress(ipv4: [127, 0, 0, 1]), port: port)
        let bound = Self.withSocketAddress(wanted) { bind(listener, $0, $1) }
        guard bound == 0, listen(listener, 128) == 0 else { throw Failure(text: "cannot listen: error \(errno)") }
        var name = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &name) {
            _ = $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(listener, $0, &length) }
        }
        self.listener = listener
        address = SocketAddress(wanted.address, port: Int(in_port_t(bigEndian: name.sin_port)))
        thread = Mutex(nil)
        let started = Self.startThread { [self] in serve() }
        thread.withLock { $0 = started }
    }

    struct Failure: Error { let text: String }

    /// What is said from now on.
    func say(_ text: String) { self.text.withLock { $0 = text } }

    private func serve() {
        while true {
            let descriptor = accept(listener, nil, nil)
            guard descriptor >= 0 else { return }
            var limit = timeval(tv_sec: 1, tv_usec: 0)
            setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
            var word = [UInt8](repeating: 0, count: 4096)
            if !speaksFirst { _ = recv(descriptor, &word, word.count, 0) }
            let bytes = Array(text.withLock { $0 }.utf8)
            _ = bytes.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            shutdown(descriptor, Int32(SHUT_WR))
            // Until the peer has closed too, so that nothing is reset.
            while recv(descriptor, &word, word.count, 0) > 0 {}
            close(descriptor)
        }
    }

    func stop() {
        guard
            let thread = thread.withLock({ thread in
                defer { thread = nil }
                return thread
            })
        else { return }
        shutdown(listener, Int32(SHUT_RDWR))
        pthread_join(thread, nil)
        close(listener)
    }

    static func freeAddress() throws -> SocketAddress {
        let server = try SmallServer("")
        defer { server.stop() }
        return server.address
    }

    /// What a server says first; `nil` when it closes or nothing comes.
    static func greeting(_ address: SocketAddress) async -> String? {
        await withCheckedContinuation { continuation in
            let thread = startThread {
                let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
                defer { close(descriptor) }
                guard withSocketAddress(address, { connect(descriptor, $0, $1) }) == 0 else {
                    return continuation.resume(returning: nil)
                }
                var poller = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
                var bytes = [UInt8](repeating: 0, count: 100)
                guard poll(&poller, 1, 10_000) == 1, case let count = recv(descriptor, &bytes, 100, 0), count > 0 else {
                    return continuation.resume(returning: nil)
                }
                continuation.resume(returning: String(decoding: bytes.prefix(count), as: UTF8.self))
            }
            pthread_detach(thread)
        }
    }

    static func withSocketAddress<Result>(
        _ address: SocketAddress, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
    ) -> Result {
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_port = in_port_t(address.port).bigEndian
        withUnsafeMutableBytes(of: &name.sin_addr) { $0.copyBytes(from: address.address.bytes) }
        return withUnsafePointer(to: &name) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }

    /// A thread of its own, because tests block and the pool of tasks must not.
    static func startThread(_ body: @escaping @Sendable () -> Void) -> pthread_t {
        final class Box {
            let body: @Sendable () -> Void
            init(_ body: @escaping @Sendable () -> Void) { self.body = body }
        }
        var thread = pthread_t()
        let box = Unmanaged.passRetained(Box(body)).toOpaque()
        let result = pthread_create(
            &thread, nil,
            { argument in
                Unmanaged<Box>.fromOpaque(argument!).takeRetainedValue().body()
                return nil
            }, box)
        precondition(result == 0, "no thread: error \(result)")
        return thread
    }
}
