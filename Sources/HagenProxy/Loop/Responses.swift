internal import CLinux
internal import Glibc

/// The direction from an HTTP backend to its client.
extension EventLoop {
    mutating func driveResponse(_ backend: ConnectionPointer) {
        guard backend.pointee.peer != Connection.noIndex else { return }
        let client = table[backend.pointee.peer]
        while true {
            switch backend.pointee.phase {
            case .head: guard readResponseHead(backend, client) else { return }
            case .tunnel: return driveTunnel(backend)
            case .sized, .chunked, .untilClose, .done, .lingering: return passResponseOn(backend, client)
            }
        }
    }

    private mutating func passResponseOn(_ backend: ConnectionPointer, _ client: ConnectionPointer) {
        switch transfer(from: backend, to: client) {
        case .finished: complete(backend, client)
        case .blocked, .starved:
            releaseEmptyBuffers(backend)
            if backend.pointee.has(.moved) {
                backend.pointee.clear(.moved)
                touch(client)
            }
        case .ended:
            if backend.pointee.phase == .untilClose { complete(backend, client) } else { backendFailed(backend) }
        case .malformed, .sourceLost: backendFailed(backend)
        case .destinationLost: abort(client, reset: false)
        }
    }

    /// - Returns: whether to go on driving this backend.
    private mutating func readResponseHead(_ backend: ConnectionPointer, _ client: ConnectionPointer) -> Bool {
        while true {
            // An interim head before this one.
            if backend.pointee.hasPendingHead {
                guard flushHead(backend, to: client) else {
                    abort(client, reset: false)
                    return false
                }
                if backend.pointee.hasPendingHead { return false }
            }
            if backend.pointee.inputCount > 0, let input = backend.pointee.input {
                let start = Int(backend.pointee.inputStart)
                let bytes = UnsafePointer((input + start).assumingMemoryBound(to: UInt8.self))
                let scanned = max(Int(backend.pointee.scanned) - start, 0)
                switch HeadScanner.scan(bytes, from: scanned, to: backend.pointee.inputCount) {
                case .complete(let count): return takeResponse(backend, client, bytes, count)
                case .incomplete(let scanned): backend.pointee.scanned = Int32(start + scanned)
                case .bareLineFeed:
                    backendFailed(backend)
                    return false
                }
            }
            guard backend.pointee.has(.readable) else {
                releaseEmptyBuffers(backend)
                return false
            }
            switch fill(backend) {
            case .bytes: backend.pointee.set(.answered)
            case .nothing: continue
            case .end, .full, .lost:
                backendFailed(backend)
                return false
            }
        }
    }

    private mutating func takeResponse(
        _ backend: ConnectionPointer, _ client: ConnectionPointer, _ bytes: UnsafePointer<UInt8>, _ count: Int
    ) -> Bool {
        let block = buffers.take()
        var writer = HeadWriter(block.assumingMemoryBound(to: UInt8.self), capacity: BufferPool.blockSize)
        let requestComplete = client.pointee.phase == .done && !client.pointee.has(.abandoned)
        let request = ResponseHead.Request(
            isHead: client.pointee.has(.headRequest), minorVersion: client.pointee.has(.minorVersionZero) ? 0 : 1,
            wantsUpgrade: client.pointee.has(.upgradeRequested),
            isPersistent: client.pointee.has(.persistent) && requestComplete && !isDraining)
        let head: ResponseHead
        do {
            head = try ResponseHead.rewrite(bytes, count: count, request: request, to: &writer)
        } catch {
            buffers.giveBack(block)
            backendFailed(backend)
            return false
        }
        backend.pointee.inputStart &+= Int32(truncatingIfNeeded: count)
        backend.pointee.scanned = backend.pointee.inputStart
        if head.isInterim, request.minorVersion == 0 {
            // A client of version 1.0 does not know interim responses.
            buffers.giveBack(block)
            return true
        }
        releaseHead(backend)
        backend.pointee.head = block
        backend.pointee.headEnd = Int32(truncatingIfNeeded: writer.count)
        if head.isInterim { return true }
        client.pointee.set(.answerStarted)
        begin(head, backend, client)
        return true
    }

    private mutating func begin(_ head: ResponseHead, _ backend: ConnectionPointer, _ client: ConnectionPointer) {
        // From here on nothing is sent again.
        if !client.pointee.hasPendingHead { releaseHead(client) }
        wheel.disarm(backend)
        touch(client)
        head.isPersistent ? backend.pointee.set(.persistent) : backend.pointee.clear(.persistent)
        if !head.clientIsPersistent { client.pointee.clear(.persistent) }
        switch head.body {
        case .none: backend.pointee.phase = .done
        case .sized(let count):
            backend.pointee.phase = .sized
            backend.pointee.remaining = count
        case .chunked:
            backend.pointee.phase = .chunked
            backend.pointee.chunks = ChunkedFraming()
        case .untilClose: backend.pointee.phase = .untilClose
        }
        if head.status == 101 {
            backend.pointee.phase = .tunnel
            client.pointee.phase = .tunnel
            counters(ofBackend: backend.pointee.backend).pointee.served.increase()
            // The client may have sent more already.
            if client.pointee.inputCount > 0 || client.pointee.has(.readable) { postpone(client) }
        }
    }

    private mutating func complete(_ backend: ConnectionPointer, _ client: ConnectionPointer) {
        counters(ofBackend: backend.pointee.backend).pointee.served.increase()
        let requestComplete = client.pointee.has(.requestSent) && !client.pointee.has(.abandoned)
        let isReusable =
            requestComplete && backend.pointee.has(.persistent) && backend.pointee.inputCount == 0
            && !backend.pointee.has(.endAnnounced)
        detach(client, backend)
        if isReusable { enterPool(backend) } else { release(backend) }
        if requestComplete, client.pointee.has(.persistent), !isDraining {
            awaitNextRequest(client)
        } else {
            finish(client)
        }
    }

    /// The backend's connection is lost, or what it sends is no HTTP.
    mutating func backendFailed(_ backend: ConnectionPointer) {
        let client = table[backend.pointee.peer]
        let index = backend.pointee.backend
        let wasReused = backend.pointee.has(.reused)
        let hadAnswered = backend.pointee.has(.answered)
        let brokeInterim = backend.pointee.hasPendingHead && backend.pointee.headSent > 0
        guard !client.pointee.has(.answerStarted), !brokeInterim else {
            counters(ofBackend: index).pointee.failures.increase()
            countFailure(client)
            return abort(client, reset: true)
        }
        detach(client, backend)
        release(backend)
        guard !hadAnswered, mayBeSentAgain(client, wasReused: wasReused) else {
            suspect(index)
            countFailure(client)
            return answer(client, 502)
        }
        client.pointee.clear([.abandoned, .requestSent])
        if client.pointee.headSent > 0, !wasReused { client.pointee.repeats &+= 1 }
        if wasReused {
            // An idle connection that the backend has closed says nothing about the backend.
            client.pointee.set(.freshOnly)
            client.pointee.headSent = 0
            seekBackend(client)
        } else if noteFailedAttempt(client, index) {
            seekBackend(client)
        }
    }

    /// Whether the request can be and may be sent a second time: nothing of it went out, or all that went out is still
    /// held and repeating it changes nothing (RFC 9110, section 9.2.2).
    /// A request that kills whoever serves it must not be tried on everybody, so repeats are bounded too.
    private func mayBeSentAgain(_ client: ConnectionPointer, wasReused: Bool) -> Bool {
        guard client.pointee.head != nil, !client.pointee.has(.bodySent) else { return false }
        if client.pointee.headSent == 0 { return true }
        guard client.pointee.has(.idempotent) else { return false }
        return wasReused || Int(client.pointee.repeats) < listener(of: client).pointee.retries
    }
}
