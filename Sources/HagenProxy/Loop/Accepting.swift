internal import CLinux
internal import Glibc
internal import Synchronization

/// New clients.
extension EventLoop {
    private static let acceptsPerTurn = 64
    private static let descriptorPause: Int64 = 100_000_000

    mutating func accept(on socket: UnsafeMutablePointer<ListeningSocket>) {
        guard socket.pointee.pause == .none else { return }
        for _ in 0..<Self.acceptsPerTurn where acceptOne(on: socket) {}
    }

    /// - Returns: whether there may be another one.
    private mutating func acceptOne(on socket: UnsafeMutablePointer<ListeningSocket>) -> Bool {
        let listenerIndex = Int(socket.pointee.listener)
        let listener = listeners + listenerIndex
        let connections = shared.listeners[listenerIndex]
        // Counted first and taken back if it comes to nothing, so that several loops together keep the limit.
        let before = connections.pointee.connections.add(1, ordering: .relaxed).oldValue
        guard before < listener.pointee.maximumConnections else {
            connections.pointee.connections.subtract(1, ordering: .relaxed)
            pause(socket, .connectionLimit)
            return false
        }
        var address = linux_socket_address()
        let descriptor = linux_accept(socket.pointee.descriptor, &address)
        guard descriptor >= 0, let client = table.take(descriptor, .client) else {
            connections.pointee.connections.subtract(1, ordering: .relaxed)
            return acceptFailed(on: socket, descriptor)
        }
        client.pointee.listener = socket.pointee.listener
        client.pointee.addressFirst = address.first
        client.pointee.addressSecond = address.second
        if address.is_ipv6 != 0 { client.pointee.set(.addressIsIPv6) }
        guard register(client) else {
            release(client)
            return false
        }
        counters(of: listenerIndex).pointee.connections.increase()
        if listener.pointee.isHTTP {
            wheel.arm(client, at: now + listener.pointee.timeouts.request, in: table)
        } else {
            client.pointee.phase = .tunnel
            beginAttempts(client)
        }
        return true
    }

    private mutating func acceptFailed(on socket: UnsafeMutablePointer<ListeningSocket>, _ result: Int32) -> Bool {
        if result >= 0 {
            // The table is full; it has room for all clients of all limits, so other loops hold none.
            close(result)
            pause(socket, .connectionLimit)
            return false
        }
        switch -result {
        case EMFILE, ENFILE, ENOBUFS, ENOMEM:
            // The client stays in the kernel's queue. An idle backend connection is the first that can be spared.
            if !closeOneIdleConnection() { pause(socket, .noDescriptor) }
            return false
        case EAGAIN: return false
        default: return true  // The client gave up before it was accepted.
        }
    }

    /// Registers for everything, once and for all; `false` where the kernel lacks memory.
    mutating func register(_ connection: ConnectionPointer) -> Bool {
        let what = LINUX_EPOLL_IN | LINUX_EPOLL_OUT | LINUX_EPOLL_PEER_CLOSED | LINUX_EPOLL_EDGE
        return linux_epoll_add(epoll, connection.pointee.descriptor, what, table.tag(of: connection)) == 0
    }

    private mutating func pause(_ socket: UnsafeMutablePointer<ListeningSocket>, _ reason: ListeningSocket.Pause) {
        socket.pointee.pause = reason
        socket.pointee.resumeAt = now + Self.descriptorPause
        pausedSockets += 1
        _ = linux_epoll_remove(epoll, socket.pointee.descriptor)
    }

    /// Listens again where the reason not to is gone.
    mutating func resumeListening() {
        for index in 0..<socketCount {
            let socket = sockets + index
            switch socket.pointee.pause {
            case .none, .closed: continue
            case .noDescriptor where now < socket.pointee.resumeAt: continue
            case .connectionLimit where isFull(socket): continue
            case .noDescriptor, .connectionLimit: break
            }
            socket.pointee.pause = .none
            pausedSockets -= 1
            _ = startListening(socket)
        }
    }

    private func isFull(_ socket: UnsafeMutablePointer<ListeningSocket>) -> Bool {
        let index = Int(socket.pointee.listener)
        return shared.listeners[index].pointee.connections.load(ordering: .relaxed)
            >= listeners[index].maximumConnections
    }

    func startListening(_ socket: UnsafeMutablePointer<ListeningSocket>) -> Int32 {
        // One waiter a connection where loops share the socket.
        let what = LINUX_EPOLL_IN | (socket.pointee.isInherited ? LINUX_EPOLL_EXCLUSIVE : 0)
        return linux_epoll_add(epoll, socket.pointee.descriptor, what, Self.ownTags + UInt64(socket - sockets))
    }

    /// Stops for good. Clients that the kernel has already taken for a socket of this loop alone are accepted first; they
    /// would be reset otherwise.
    mutating func stopListening(_ socket: UnsafeMutablePointer<ListeningSocket>) {
        guard socket.pointee.pause != .closed else { return }
        if socket.pointee.pause != .none {
            pausedSockets -= 1
        } else {
            if !socket.pointee.isInherited {
                while acceptOne(on: socket) {}
            }
            guard socket.pointee.pause == .none else { return stopListening(socket) }
            _ = linux_epoll_remove(epoll, socket.pointee.descriptor)
        }
        socket.pointee.pause = .closed
        if !socket.pointee.isInherited { close(socket.pointee.descriptor) }
    }
}
