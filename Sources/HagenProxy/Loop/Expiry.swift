internal import Glibc

/// What happens when a time-out ends.
extension EventLoop {
    mutating func expireTimers() {
        while let connection = wheel.nextExpired(now: now, in: table) {
            connection.pointee.timer.deadline = .max
            if connection.pointee.kind == .client { clientExpired(connection) } else { backendExpired(connection) }
        }
    }

    private mutating func clientExpired(_ client: ConnectionPointer) {
        if client.pointee.has(.queued) {
            leaveQueue(client)
            return refuse(client)
        }
        switch client.pointee.phase {
        case .lingering: release(client)
        case .tunnel, .untilClose: abort(client, reset: false)
        case .head:
            // Without a byte of a request there is nothing to answer.
            if client.pointee.inputCount == 0 { release(client) } else { answer(client, 408) }
        case .sized, .chunked:
            if client.pointee.has(.answerStarted) { abort(client, reset: true) } else { answer(client, 408) }
        case .done: abort(client, reset: true)
        }
    }

    private mutating func backendExpired(_ backend: ConnectionPointer) {
        if backend.pointee.has(.pooled) { return release(backend) }
        if backend.pointee.has(.connecting) { return connectFailed(backend) }
        guard backend.pointee.peer != Connection.noIndex else { return release(backend) }
        let client = table[backend.pointee.peer]
        suspect(backend.pointee.backend)
        countFailure(client)
        if client.pointee.has(.answerStarted) { abort(client, reset: true) } else { answer(client, 504) }
    }
}
