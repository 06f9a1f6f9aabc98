internal import CLinux
internal import Glibc
internal import Synchronization

/// What the shell orders, and the leases that end.
extension EventLoop {
    /// The shell changed something: who is eligible, or whether to go on.
    mutating func woken() {
        linux_eventfd_clear(wakeDescriptor)
        if shared.command[0].pointee.state.load(ordering: .relaxed) == SharedCommand.drain, !isDraining { drain() }
        retryQueues()
    }

    /// No new clients; those between two requests go, the others after their current answer.
    private mutating func drain() {
        isDraining = true
        for index in 0..<socketCount { stopListening(sockets + index) }
        for index in 0..<table.used {
            let connection = table[index]
            if connection.pointee.kind == .backend, connection.pointee.has(.pooled) { release(connection) }
            guard connection.pointee.kind == .client, connection.pointee.has(.betweenRequests) else { continue }
            // A request that has just arrived is still served.
            let tag = table.tag(of: connection)
            connection.pointee.set(.readable)
            takeTurn(connection)
            if table.connection(tagged: tag) != nil, connection.pointee.has(.betweenRequests) { release(connection) }
        }
    }

    /// Cuts the connections of backends that may be served no longer (SAFETY 14): by order, or because the time up to
    /// which their lease was seen to be good is over.
    mutating func leaveDeposedBackends() {
        for index in 0..<backendCount where listeners[Int(backends[index].listener)].followsActive {
            let isEligible = shared.backends[index].pointee.eligibleUntil.load(ordering: .relaxed) > now
            let cuts = shared.backends[index].pointee.cuts.load(ordering: .relaxed)
            let mustCut = backends[index].wasEligible && !isEligible || cuts != backends[index].seenCuts
            backends[index].wasEligible = isEligible
            backends[index].seenCuts = cuts
            if mustCut { cutConnections(of: Int32(index)) }
        }
    }

    /// When the next of them must be looked at, if nothing else happens.
    func nextDeposition() -> Int64 {
        var next = Int64.max
        for index in 0..<backendCount
        where backends[index].wasEligible && listeners[Int(backends[index].listener)].followsActive {
            next = min(next, shared.backends[index].pointee.eligibleUntil.load(ordering: .relaxed))
        }
        return next
    }

    private mutating func cutConnections(of backend: Int32) {
        backendBeingCut = Int(backend)
        defer { backendBeingCut = -1 }
        for index in 0..<table.used {
            let connection = table[index]
            guard connection.pointee.kind == .backend, connection.pointee.backend == backend else { continue }
            if connection.pointee.peer == Connection.noIndex {
                release(connection)
            } else if connection.pointee.phase == .tunnel, !connection.pointee.has(.connecting) {
                abort(connection, reset: true)
            } else if connection.pointee.has(.connecting) {
                connectFailed(connection)
            } else {
                backendFailed(connection)
            }
        }
    }
}
