internal import CLinux
internal import Glibc
internal import Synchronization

/// The life of connections and of the pairs that they form.
extension EventLoop {
    @inline(__always) func listener(of connection: ConnectionPointer) -> UnsafeMutablePointer<LoopListener> {
        listeners + Int(connection.pointee.listener)
    }

    @inline(__always) func counters(of listener: Int) -> UnsafeMutablePointer<ListenerCounters> {
        shared.listenerCounters[number * listenerCount + listener]
    }

    @inline(__always) func counters(ofBackend backend: Int32) -> UnsafeMutablePointer<BackendCounters> {
        shared.backendCounters[number * backendCount + Int(backend)]
    }

    func attach(_ client: ConnectionPointer, _ backend: ConnectionPointer) {
        client.pointee.peer = table.index(of: backend)
        backend.pointee.peer = table.index(of: client)
        shared.backends[Int(backend.pointee.backend)].pointee.connections.add(1, ordering: .relaxed)
    }

    /// Parts the two; each is then on its own.
    func detach(_ client: ConnectionPointer, _ backend: ConnectionPointer) {
        client.pointee.peer = Connection.noIndex
        backend.pointee.peer = Connection.noIndex
        shared.backends[Int(backend.pointee.backend)].pointee.connections.subtract(1, ordering: .relaxed)
    }

    /// Closes a connection that has no peer and gives back all that it holds.
    mutating func release(_ connection: ConnectionPointer) {
        precondition(
            connection.pointee.peer == Connection.noIndex,
            "connection \(table.index(of: connection)) still has the peer \(connection.pointee.peer)")
        if connection.pointee.has(.pooled) { leavePool(connection) }
        if connection.pointee.has(.queued) { leaveQueue(connection) }
        wheel.unlink(connection, in: table)
        close(connection.pointee.descriptor)
        releaseInput(connection)
        releaseHead(connection)
        releasePipe(connection)
        if connection.pointee.kind == .client {
            shared.listeners[Int(connection.pointee.listener)].pointee.connections.subtract(1, ordering: .relaxed)
        }
        table.giveBack(connection)
    }

    /// Closes a connection and its peer at once.
    ///
    /// - Parameter reset: tells the client by a reset that what it got is not all; a regular end could pass for the end
    ///   of a message.
    mutating func abort(_ connection: ConnectionPointer, reset: Bool) {
        if connection.pointee.peer != Connection.noIndex {
            let peer = table[connection.pointee.peer]
            let connectionIsClient = connection.pointee.kind == .client
            detach(connectionIsClient ? connection : peer, connectionIsClient ? peer : connection)
            end(peer, reset: reset)
        }
        end(connection, reset: reset)
    }

    private mutating func end(_ connection: ConnectionPointer, reset: Bool) {
        if reset, connection.pointee.kind == .client { linux_reset_on_close(connection.pointee.descriptor) }
        release(connection)
    }

    @inline(__always) mutating func releaseInput(_ connection: ConnectionPointer) {
        guard let block = connection.pointee.input else { return }
        buffers.giveBack(block)
        connection.pointee.input = nil
        connection.pointee.inputStart = 0
        connection.pointee.inputEnd = 0
        connection.pointee.scanned = 0
    }

    @inline(__always) mutating func releaseHead(_ connection: ConnectionPointer) {
        guard let block = connection.pointee.head else { return }
        buffers.giveBack(block)
        connection.pointee.head = nil
        connection.pointee.headSent = 0
        connection.pointee.headEnd = 0
    }

    @inline(__always) mutating func releasePipe(_ connection: ConnectionPointer) {
        guard connection.pointee.pipe.isOpen else { return }
        pipes.giveBack(connection.pointee.pipe)
        connection.pointee.pipe = Connection.Pipe()
    }

    /// A connection that waits for its socket keeps nothing that is empty.
    @inline(__always) mutating func releaseEmptyBuffers(_ connection: ConnectionPointer) {
        if connection.pointee.inputCount == 0 { releaseInput(connection) }
        if connection.pointee.pipe.filled == 0 { releasePipe(connection) }
    }

    /// Counts a request or connection that no backend served, once.
    mutating func countFailure(_ client: ConnectionPointer) {
        guard !client.pointee.has(.failureCounted) else { return }
        client.pointee.set(.failureCounted)
        counters(of: Int(client.pointee.listener)).pointee.failures.increase()
    }
}
