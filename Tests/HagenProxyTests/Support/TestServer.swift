import CLinux
import Glibc
import Hagen
import Synchronization

/// A small server on loopback, one thread a connection.
final class TestServer: Sendable {
    let address: SocketAddress
    private let state: Mutex<State>
    private let listener: Int32

    private struct State {
        var descriptors: Set<Int32> = []
        var threads: [pthread_t] = []
        var accepting: pthread_t?
        var isStopped = false
        var accepted = 0
    }

    /// - Parameter handle: has the connection for itself; it is closed afterwards.
    init(port: Int = 0, address host: String = "127.0.0.1", _ handle: @escaping @Sendable (Wire) throws -> Void) throws
    {
        let wanted = SocketAddress(IPAddress(host)!, port: port)
        let listener = socket(
            wanted.address.isIPv6 ? AF_INET6 : AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var one: Int32 = 1
        setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, 4)
        guard withSocketAddress(wanted, { bind(listener, $0, $1) }) == 0, listen(listener, 1024) == 0 else {
            throw Wire.Failure("cannot listen on \(wanted): error \(errno)")
        }
        self.listener = listener
        var bound = linux_socket_address()
        _ = linux_listening_address(listener, &bound)
        address = SocketAddress(wanted.address, port: Int(bound.port))
        state = Mutex(State())
        let thread = startThread { [self] in acceptAll(handle) }
        state.withLock { $0.accepting = thread }
    }

    var connectionsAccepted: Int { state.withLock { $0.accepted } }

    private func acceptAll(_ handle: @escaping @Sendable (Wire) throws -> Void) {
        while true {
            let descriptor = accept(listener, nil, nil)
            guard descriptor >= 0 else { return }
            let isStopped = state.withLock { state in
                if !state.isStopped {
                    state.descriptors.insert(descriptor)
                    state.accepted += 1
                }
                return state.isStopped
            }
            if isStopped {
                close(descriptor)
                return
            }
            let thread = startThread { [self] in
                try? handle(Wire(adopting: descriptor))
                state.withLock { state in
                    if state.descriptors.remove(descriptor) != nil { close(descriptor) }
                }
            }
            state.withLock { $0.threads.append(thread) }
        }
    }

    /// Stops as a killed process does: nothing listens, every connection is reset.
    func kill() { stop(reset: true) }
    func stop() { stop(reset: false) }

    private func stop(reset: Bool) {
        let accepting = state.withLock { state -> pthread_t? in
            guard !state.isStopped else { return nil }
            state.isStopped = true
            for descriptor in state.descriptors {
                if reset { linux_reset_on_close(descriptor) }
                shutdown(descriptor, Int32(reset ? SHUT_RD : SHUT_RDWR))
            }
            return state.accepting
        }
        guard let accepting else { return }
        shutdown(listener, Int32(SHUT_RDWR))
        pthread_join(accepting, nil)
        close(listener)
        for thread in state.withLock({ $0.threads }) { pthread_join(thread, nil) }
    }
}

extension TestServer {
    /// A server that speaks HTTP: answers what the closure says, in order, on kept connections. `nil` closes.
    static func http(
        port: Int = 0, _ answer: @escaping @Sendable (HTTPMessage) throws -> String?
    ) throws -> TestServer {
        try TestServer(port: port) { wire in
            let reader = HTTPReader(wire)
            while let request = try reader.next() {
                guard let response = try answer(request) else { return }
                try wire.send(response)
            }
        }
    }

    /// Answers every request with 200 and the name of the server, and with what the target asks for.
    static func named(_ name: String, port: Int = 0) throws -> TestServer {
        try http(port: port) { request in
            "HTTP/1.1 200 OK\r\nX-Backend: \(name)\r\nContent-Length: \(name.utf8.count)\r\n\r\n\(request.method == "HEAD" ? "" : name)"
        }
    }
}
