internal import CLinux
internal import Glibc
internal import HagenEngine
internal import Synchronization

/// Finding a backend for a client: choosing, connecting, trying another, waiting for one.
extension EventLoop {
    /// How soon a client that waits looks again when nobody wakes it: a backend may be up before its check says so.
    private static let queueRetry: Int64 = 25_000_000

    /// A request or a TCP client needs a backend for the first time.
    mutating func beginAttempts(_ client: ConnectionPointer) {
        client.pointee.attempts = 0
        client.pointee.repeats = 0
        client.pointee.tried = 0
        client.pointee.queueDeadline = now + listener(of: client).pointee.timeouts.queue
        seekBackend(client)
    }

    mutating func seekBackend(_ client: ConnectionPointer) {
        while true {
            guard let backend = choose(for: client) else { return waitForBackend(client) }
            switch connect(client, to: backend) {
            case .started: return
            case .noDescriptor: return waitForBackend(client)
            case .refused: if !noteFailedAttempt(client, backend) { return }
            }
        }
    }

    /// The index of the chosen backend over all listeners.
    private mutating func choose(for client: ConnectionPointer) -> Int32? {
        let listener = listener(of: client)
        let first = Int(listener.pointee.firstBackend)
        let count = Int(listener.pointee.backendCount)
        for index in 0..<count {
            let backend = shared.backends[first + index]
            let wasTried = index < 64 && client.pointee.tried >> UInt64(index) & 1 == 1
            candidates[first + index].eligible =
                !wasTried && backend.pointee.eligibleUntil.load(ordering: .relaxed) > now
                && first + index != backendBeingCut
            candidates[first + index].connections = Int32(
                truncatingIfNeeded: backend.pointee.connections.load(ordering: .relaxed))
        }
        var span = UnsafeMutableBufferPointer(start: candidates + first, count: count).mutableSpan
        let hash =
            listener.pointee.choice.strategy == .ipHash
            ? BackendChoice.hash(client.pointee.addressFirst, client.pointee.addressSecond) : 0
        return listener.pointee.choice.choose(among: &span, client: hash).map { Int32(first + $0) }
    }

    private enum ConnectResult { case started, refused, noDescriptor }

    private mutating func connect(_ client: ConnectionPointer, to backend: Int32) -> ConnectResult {
        if let idle = takeIdle(backend, for: client) {
            begin(client, idle)
            return .started
        }
        var established: Int32 = 0
        var descriptor = linux_connect(&backends[Int(backend)].address, &established)
        if Self.isShortage(descriptor), closeOneIdleConnection() {
            descriptor = linux_connect(&backends[Int(backend)].address, &established)
        }
        guard descriptor >= 0 else { return Self.isShortage(descriptor) ? .noDescriptor : .refused }
        guard let connection = table.take(descriptor, .backend) else {
            close(descriptor)
            return .noDescriptor
        }
        connection.pointee.listener = client.pointee.listener
        connection.pointee.backend = backend
        guard register(connection) else {
            release(connection)
            return .noDescriptor
        }
        if established != 0 {
            connection.pointee.set(.writable)
        } else {
            connection.pointee.set(.connecting)
            wheel.arm(connection, at: now + listener(of: client).pointee.timeouts.connect, in: table)
            wheel.disarm(client)
        }
        begin(client, connection)
        return .started
    }

    /// Whether this host lacks something, which says nothing about the backend.
    private static func isShortage(_ result: Int32) -> Bool {
        switch -result {
        case EMFILE, ENFILE, ENOBUFS, ENOMEM, EADDRNOTAVAIL: true
        default: false
        }
    }

    /// Joins the two and sends what can be sent.
    private mutating func begin(_ client: ConnectionPointer, _ backend: ConnectionPointer) {
        attach(client, backend)
        let isHTTP = listener(of: client).pointee.isHTTP
        backend.pointee.phase = isHTTP ? .head : .tunnel
        backend.pointee.clear([.answered, .moved])
        if !backend.pointee.has(.connecting) { connected(client, backend) }
    }

    private mutating func connected(_ client: ConnectionPointer, _ backend: ConnectionPointer) {
        wheel.arm(client, at: now + listener(of: client).pointee.timeouts.idle, in: table)
        if client.pointee.phase == .tunnel {
            counters(ofBackend: backend.pointee.backend).pointee.served.increase()
            // The client may have spoken first; what the backend says comes as an event.
            if !client.pointee.has(.readable) { return }
        }
        if budget == 0 { budget = Self.readsPerTurn }
        drive(client)
    }

    /// The kernel has decided about a connection that was being established.
    mutating func connectionDecided(_ backend: ConnectionPointer, _ what: UInt32) {
        guard what & (LINUX_EPOLL_OUT | LINUX_EPOLL_ERROR | LINUX_EPOLL_HANGUP) != 0 else { return }
        guard linux_socket_error(backend.pointee.descriptor) == 0, what & LINUX_EPOLL_ERROR == 0 else {
            return connectFailed(backend)
        }
        backend.pointee.clear(.connecting)
        backend.pointee.set(.writable)
        if what & LINUX_EPOLL_IN != 0 { backend.pointee.set(.readable) }
        if what & (LINUX_EPOLL_PEER_CLOSED | LINUX_EPOLL_HANGUP) != 0 {
            backend.pointee.set([.readable, .endAnnounced])
        }
        wheel.disarm(backend)
        let tag = table.tag(of: backend)
        budget = Self.readsPerTurn
        connected(table[backend.pointee.peer], backend)
        guard table.connection(tagged: tag) != nil, backend.pointee.has(.readable) else { return }
        takeTurn(backend)
    }

    /// Nothing was sent, so any request may be tried elsewhere.
    mutating func connectFailed(_ backend: ConnectionPointer) {
        let client = table[backend.pointee.peer]
        let index = backend.pointee.backend
        detach(client, backend)
        release(backend)
        if noteFailedAttempt(client, index) { seekBackend(client) }
    }

    /// Counts the failure, and decides whether another backend may be tried at once.
    ///
    /// - Returns: `false` when the client now waits, or was told that there is no backend.
    mutating func noteFailedAttempt(_ client: ConnectionPointer, _ backend: Int32) -> Bool {
        suspect(backend)
        let listener = listener(of: client)
        let index = backend - listener.pointee.firstBackend
        if index < 64 { client.pointee.tried |= 1 << UInt64(index) }
        client.pointee.set(.attemptFailed)
        client.pointee.headSent = 0
        client.pointee.attempts &+= 1
        if Int(client.pointee.attempts) <= listener.pointee.retries { return true }
        if listener.pointee.retries == 0 { refuse(client) } else { waitForBackend(client) }
        return false
    }

    /// A failure that speaks against the backend.
    mutating func suspect(_ backend: Int32) {
        counters(ofBackend: backend).pointee.failures.increase()
        let alreadyKnown = shared.backends[Int(backend)].pointee.suspected.exchange(true, ordering: .relaxed)
        guard !alreadyKnown else { return }
        let listener = Int(backends[Int(backend)].listener)
        report(.backendFailed(listener: listener, backend: Int(backend - listeners[listener].firstBackend)))
    }
}

// MARK: - Waiting

extension EventLoop {
    private mutating func waitForBackend(_ client: ConnectionPointer) {
        guard client.pointee.queueDeadline > now else { return refuse(client) }
        // After the wait all backends are worth another try.
        client.pointee.tried = 0
        client.pointee.attempts = 0
        wheel.arm(client, at: client.pointee.queueDeadline, in: table)
        queueRetryAt = min(queueRetryAt, now + Self.queueRetry)
        let listener = listener(of: client)
        client.pointee.set(.queued)
        client.pointee.next = Connection.noIndex
        client.pointee.previous = listener.pointee.queueTail
        if listener.pointee.queueTail != Connection.noIndex {
            table[listener.pointee.queueTail].pointee.next = table.index(of: client)
        } else {
            listener.pointee.queueHead = table.index(of: client)
        }
        listener.pointee.queueTail = table.index(of: client)
    }

    mutating func leaveQueue(_ client: ConnectionPointer) {
        let listener = listener(of: client)
        let (previous, next) = (client.pointee.previous, client.pointee.next)
        if previous != Connection.noIndex {
            table[previous].pointee.next = next
        } else {
            listener.pointee.queueHead = next
        }
        if next != Connection.noIndex {
            table[next].pointee.previous = previous
        } else {
            listener.pointee.queueTail = previous
        }
        client.pointee.clear(.queued)
    }

    /// Everybody who waits tries once, in order; who waits on is put behind the others of this round.
    mutating func retryQueues() {
        queueRetryAt = .max
        for index in 0..<listenerCount {
            let listener = listeners + index
            let last = listener.pointee.queueTail
            while listener.pointee.queueHead != Connection.noIndex {
                let isLast = listener.pointee.queueHead == last
                let client = table[listener.pointee.queueHead]
                leaveQueue(client)
                seekBackend(client)
                if isLast { break }
            }
        }
    }

    /// No backend in time.
    mutating func refuse(_ client: ConnectionPointer) {
        countFailure(client)
        if listener(of: client).pointee.isHTTP {
            answer(client, 503)
        } else {
            abort(client, reset: true)
        }
    }
}

// MARK: - Idle connections to backends

extension EventLoop {
    /// An idle connection, the latest used first; `nil` where a new one is needed.
    private mutating func takeIdle(_ backend: Int32, for client: ConnectionPointer) -> ConnectionPointer? {
        guard !client.pointee.has(.freshOnly) else { return nil }
        while backends[Int(backend)].poolHead != Connection.noIndex {
            let connection = table[backends[Int(backend)].poolHead]
            leavePool(connection)
            // What must not be sent twice is not risked on a connection whose end may just be on its way.
            if !client.pointee.has(.idempotent), isStale(connection) {
                release(connection)
                continue
            }
            wheel.disarm(connection)
            connection.pointee.set(.reused)
            return connection
        }
        return nil
    }

    private func isStale(_ connection: ConnectionPointer) -> Bool {
        var byte: UInt8 = 0
        return linux_peek(connection.pointee.descriptor, &byte, 1) != Int(-EAGAIN)
    }

    mutating func enterPool(_ connection: ConnectionPointer) {
        let backend = backends + Int(connection.pointee.backend)
        guard backend.pointee.poolCount < LoopBackend.mostPooled, !isDraining else { return release(connection) }
        releaseInput(connection)
        releaseHead(connection)
        releasePipe(connection)
        connection.pointee.phase = .head
        connection.pointee.set(.pooled)
        connection.pointee.previous = Connection.noIndex
        connection.pointee.next = backend.pointee.poolHead
        if backend.pointee.poolHead != Connection.noIndex {
            table[backend.pointee.poolHead].pointee.previous = table.index(of: connection)
        }
        backend.pointee.poolHead = table.index(of: connection)
        backend.pointee.poolCount += 1
        wheel.arm(connection, at: now + listener(of: connection).pointee.timeouts.idle, in: table)
    }

    mutating func leavePool(_ connection: ConnectionPointer) {
        let backend = backends + Int(connection.pointee.backend)
        let (previous, next) = (connection.pointee.previous, connection.pointee.next)
        if previous != Connection.noIndex {
            table[previous].pointee.next = next
        } else {
            backend.pointee.poolHead = next
        }
        if next != Connection.noIndex { table[next].pointee.previous = previous }
        backend.pointee.poolCount -= 1
        connection.pointee.clear(.pooled)
    }

    /// Makes a descriptor free; `false` where no connection is idle.
    mutating func closeOneIdleConnection() -> Bool {
        for index in 0..<backendCount where backends[index].poolHead != Connection.noIndex {
            release(table[backends[index].poolHead])
            return true
        }
        return false
    }
}
