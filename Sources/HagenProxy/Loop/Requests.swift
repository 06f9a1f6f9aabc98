internal import CLinux
internal import Glibc

/// The direction from an HTTP client to its backend.
extension EventLoop {
    mutating func driveRequest(_ client: ConnectionPointer) {
        while true {
            switch client.pointee.phase {
            case .head: guard readRequestHead(client) else { return }
            case .lingering: return discard(client)
            case .tunnel: return driveTunnel(client)
            case .sized, .chunked, .done, .untilClose:
                guard client.pointee.peer != Connection.noIndex, !client.pointee.has(.abandoned) else { return }
                return passRequestOn(client, table[client.pointee.peer])
            }
        }
    }

    private mutating func passRequestOn(_ client: ConnectionPointer, _ backend: ConnectionPointer) {
        switch transfer(from: client, to: backend) {
        case .finished: requestSent(client, backend)
        case .blocked, .starved:
            releaseEmptyBuffers(client)
            if client.pointee.has(.moved), !backend.pointee.has(.connecting) {
                client.pointee.clear(.moved)
                touch(client)
            }
        case .ended, .malformed:
            // The rest of the request will not come, or is not to be trusted.
            if client.pointee.has(.answerStarted) { abort(client, reset: true) } else { answer(client, 400) }
        case .sourceLost: abort(client, reset: false)
        case .destinationLost:
            // The backend may have answered before it closed; what it said is read first.
            client.pointee.set(.abandoned)
            backend.pointee.set(.readable)
            driveResponse(backend)
        }
    }

    private mutating func requestSent(_ client: ConnectionPointer, _ backend: ConnectionPointer) {
        client.pointee.phase = .done
        guard !client.pointee.has(.requestSent) else { return }
        client.pointee.set(.requestSent)
        releaseEmptyBuffers(client)
        guard backend.pointee.phase == .head else { return }
        wheel.disarm(client)
        wheel.arm(backend, at: now + listener(of: client).pointee.timeouts.response, in: table)
    }

    @inline(__always) mutating func touch(_ client: ConnectionPointer) {
        wheel.arm(client, at: now + listener(of: client).pointee.timeouts.idle, in: table)
    }

    /// Reads and takes a head, then looks for a backend.
    ///
    /// - Returns: whether to go on driving this client.
    private mutating func readRequestHead(_ client: ConnectionPointer) -> Bool {
        while true {
            skipEmptyLines(client)
            if client.pointee.inputCount > 0, let input = client.pointee.input {
                if client.pointee.has(.betweenRequests) {
                    client.pointee.clear(.betweenRequests)
                    wheel.arm(client, at: now + listener(of: client).pointee.timeouts.request, in: table)
                }
                let start = Int(client.pointee.inputStart)
                let bytes = UnsafePointer((input + start).assumingMemoryBound(to: UInt8.self))
                let scanned = max(Int(client.pointee.scanned) - start, 0)
                switch HeadScanner.scan(bytes, from: scanned, to: client.pointee.inputCount) {
                case .complete(let count):
                    takeRequest(client, bytes, count)
                    return false
                case .incomplete(let scanned): client.pointee.scanned = Int32(start + scanned)
                case .bareLineFeed:
                    answer(client, HeadFault.bareLineFeed.status)
                    return false
                }
            }
            guard client.pointee.has(.readable) else {
                if client.pointee.has(.ended) {
                    // A client that is gone between two requests, or in the middle of one.
                    abort(client, reset: false)
                } else {
                    releaseEmptyBuffers(client)
                }
                return false
            }
            switch fill(client) {
            case .full:
                answer(client, HeadFault.tooLarge.status)
                return false
            case .lost:
                abort(client, reset: false)
                return false
            case .bytes, .nothing, .end: continue
            }
        }
    }

    /// Some clients send an empty line after a body (RFC 9112, section 2.2).
    private func skipEmptyLines(_ client: ConnectionPointer) {
        guard let input = client.pointee.input else { return }
        let bytes = input.assumingMemoryBound(to: UInt8.self)
        while client.pointee.inputCount >= 2, bytes[Int(client.pointee.inputStart)] == 0x0D,
            bytes[Int(client.pointee.inputStart) + 1] == 0x0A
        {
            client.pointee.inputStart &+= 2
        }
    }

    private mutating func takeRequest(_ client: ConnectionPointer, _ bytes: UnsafePointer<UInt8>, _ count: Int) {
        let block = buffers.take()
        var writer = HeadWriter(block.assumingMemoryBound(to: UInt8.self), capacity: BufferPool.blockSize)
        let address = ClientAddress(
            first: client.pointee.addressFirst, second: client.pointee.addressSecond,
            isIPv6: client.pointee.has(.addressIsIPv6))
        let head: RequestHead
        do {
            head = try RequestHead.rewrite(bytes, count: count, client: address, to: &writer)
        } catch {
            buffers.giveBack(block)
            return answer(client, error.status)
        }
        counters(of: Int(client.pointee.listener)).pointee.requests.increase()
        client.pointee.head = block
        client.pointee.headSent = 0
        client.pointee.headEnd = Int32(truncatingIfNeeded: writer.count)
        client.pointee.inputStart &+= Int32(truncatingIfNeeded: count)
        client.pointee.scanned = client.pointee.inputStart
        client.pointee.clear([.ofOneRequest, .persistent, .moved])
        if head.isHead { client.pointee.set(.headRequest) }
        if head.isIdempotent { client.pointee.set(.idempotent) }
        if head.isPersistent { client.pointee.set(.persistent) }
        if head.wantsUpgrade { client.pointee.set(.upgradeRequested) }
        if head.minorVersion == 0 { client.pointee.set(.minorVersionZero) }
        if head.framing.isChunked {
            client.pointee.phase = .chunked
            client.pointee.chunks = ChunkedFraming()
        } else if head.framing.contentLength > 0 {
            client.pointee.phase = .sized
            client.pointee.remaining = head.framing.contentLength
        } else {
            client.pointee.phase = .done
        }
        beginAttempts(client)
    }

    /// The exchange is over and the connection goes on.
    mutating func awaitNextRequest(_ client: ConnectionPointer) {
        client.pointee.clear([.ofOneRequest, .moved])
        client.pointee.set(.betweenRequests)
        client.pointee.phase = .head
        client.pointee.scanned = client.pointee.inputStart
        releaseHead(client)
        releaseEmptyBuffers(client)
        touch(client)
        if client.pointee.inputCount > 0 || client.pointee.has(.readable) { postpone(client) }
    }

    // MARK: The end of a client's connection

    /// The last answer is on its way. A client that still sends would lose it to the reset that closing causes, so its
    /// bytes are taken and thrown away for a moment (RFC 9112, section 9.6).
    mutating func finish(_ client: ConnectionPointer) {
        let isQuiet = !client.pointee.has(.readable) && client.pointee.phase == .done && client.pointee.inputCount == 0
        if isQuiet || client.pointee.has(.ended) { return release(client) }
        releaseInput(client)
        releaseHead(client)
        releasePipe(client)
        client.pointee.phase = .lingering
        client.pointee.remaining = Self.mostDiscarded
        linux_shutdown_output(client.pointee.descriptor)
        wheel.arm(client, at: now + Self.lingerTime, in: table)
        discard(client)
    }

    private static let mostDiscarded = 1 << 20
    private static let lingerTime: Int64 = 1_000_000_000

    private mutating func discard(_ client: ConnectionPointer) {
        while client.pointee.has(.readable) {
            client.pointee.inputStart = client.pointee.inputEnd
            let result = fill(client)
            client.pointee.remaining -= client.pointee.inputCount
            if result == .end || result == .lost || client.pointee.remaining <= 0 { return release(client) }
        }
        client.pointee.inputStart = client.pointee.inputEnd
        releaseEmptyBuffers(client)
    }
}
