internal import CLinux
internal import Glibc

/// Why moving bytes stopped.
enum TransferStop {
    /// The message was passed on to its last byte.
    case finished
    /// The destination takes no more now.
    case blocked
    /// The source has nothing now, or its turn is over.
    case starved
    /// The source closed its sending side, and all that it sent was passed on.
    case ended
    /// The source's connection is lost.
    case sourceLost
    /// The destination's connection takes nothing any more.
    case destinationLost
    /// The chunks of a body are not framed as they must be.
    case malformed
}

/// What reading found.
enum ReadResult { case bytes, nothing, end, full, lost }

/// Moving bytes from a source to its peer.
extension EventLoop {
    /// Small bodies are copied behind their head, so that one plain call sends both.
    private static let mostCoalesced = 8192
    /// Below this, setting a pipe up costs more than copying.
    private static let leastSpliced = 32768

    mutating func transfer(from source: ConnectionPointer, to destination: ConnectionPointer) -> TransferStop {
        while true {
            guard let available = available(source) else { return .malformed }
            if available > 0 || source.pointee.hasPendingHead {
                let taken = push(source, destination, available)
                guard taken >= 0 else { return .destinationLost }
                consume(source, taken)
                if taken < available || source.pointee.hasPendingHead { return .blocked }
            }
            if source.pointee.pipe.filled > 0 {
                if let stop = emptyPipe(source, destination) { return stop }
            }
            switch source.pointee.phase {
            case .done: return .finished
            case .sized where source.pointee.remaining == 0: return .finished
            case .chunked where source.pointee.chunks.isComplete: return .finished
            default: break
            }
            guard source.pointee.has(.readable) else {
                return source.pointee.has(.ended) ? .ended : .starved
            }
            guard budget > 0 else {
                postpone(source)
                return .starved
            }
            budget -= 1
            let result = maySplice(source) ? fillPipe(source) : fill(source)
            if result == .lost { return .sourceLost }
        }
    }

    /// How many bytes of the input may be passed on now; `nil` where chunks are malformed.
    @inline(__always) private func available(_ source: ConnectionPointer) -> Int? {
        switch source.pointee.phase {
        case .sized: return min(source.pointee.inputCount, source.pointee.remaining)
        case .untilClose, .tunnel: return source.pointee.inputCount
        case .chunked:
            let unscanned = Int(source.pointee.inputEnd &- source.pointee.scanned)
            if unscanned > 0, !source.pointee.chunks.isComplete, let input = source.pointee.input {
                let start = (input + Int(source.pointee.scanned)).assumingMemoryBound(to: UInt8.self)
                guard let count = source.pointee.chunks.scan(start, count: unscanned) else { return nil }
                source.pointee.scanned &+= Int32(truncatingIfNeeded: count)
            }
            return Int(source.pointee.scanned &- source.pointee.inputStart)
        case .head, .done, .lingering: return 0
        }
    }

    @inline(__always) private func consume(_ source: ConnectionPointer, _ count: Int) {
        source.pointee.inputStart &+= Int32(truncatingIfNeeded: count)
        if source.pointee.phase == .sized { source.pointee.remaining &-= count }
        if count > 0 { source.pointee.set(.moved) }
    }

    /// Writes what is left of the source's head, then up to `count` bytes of its input.
    ///
    /// - Returns: how many bytes of the input were taken; negative when the destination is lost.
    @inline(__always)
    private mutating func push(_ source: ConnectionPointer, _ destination: ConnectionPointer, _ count: Int) -> Int {
        guard destination.pointee.has(.writable) else { return 0 }
        guard source.pointee.hasPendingHead, let head = source.pointee.head else {
            guard let input = source.pointee.input, count > 0 else { return 0 }
            source.pointee.set(.bodySent)
            return send(count, linux_send(destination.pointee.descriptor, input + start(source), count), destination)
        }
        var taken = 0
        let headEnd = Int(source.pointee.headEnd)
        if count > 0, let input = source.pointee.input {
            if headEnd + count <= Self.mostCoalesced {
                memcpy(head + headEnd, input + start(source), count)
                source.pointee.headEnd &+= Int32(truncatingIfNeeded: count)
                taken = count
            } else {
                return pushBoth(source, destination, head, input, count)
            }
        }
        let pending = Int(source.pointee.headEnd &- source.pointee.headSent)
        let sent = send(
            pending, linux_send(destination.pointee.descriptor, head + Int(source.pointee.headSent), pending),
            destination)
        guard sent >= 0 else { return sent }
        source.pointee.headSent &+= Int32(truncatingIfNeeded: sent)
        return taken
    }

    private mutating func pushBoth(
        _ source: ConnectionPointer, _ destination: ConnectionPointer, _ head: UnsafeMutableRawPointer,
        _ input: UnsafeMutableRawPointer, _ count: Int
    ) -> Int {
        let pending = Int(source.pointee.headEnd &- source.pointee.headSent)
        let sent = send(
            pending + count,
            linux_send_two(
                destination.pointee.descriptor, head + Int(source.pointee.headSent), pending, input + start(source),
                count),
            destination)
        guard sent >= 0 else { return sent }
        source.pointee.headSent &+= Int32(truncatingIfNeeded: min(sent, pending))
        if sent > pending { source.pointee.set(.bodySent) }
        return max(sent - pending, 0)
    }

    /// Writes what is left of the source's head.
    ///
    /// - Returns: `false` when the destination is lost.
    mutating func flushHead(_ source: ConnectionPointer, to destination: ConnectionPointer) -> Bool {
        push(source, destination, 0) >= 0
    }

    @inline(__always) private func start(_ source: ConnectionPointer) -> Int { Int(source.pointee.inputStart) }

    /// Notes from the result of a send whether the destination takes more.
    @inline(__always) private func send(_ wanted: Int, _ result: Int, _ destination: ConnectionPointer) -> Int {
        if result == wanted { return result }
        if result >= 0 || result == Int(-EAGAIN) || result == Int(-EINTR) {
            if result != Int(-EINTR) { destination.pointee.clear(.writable) }
            return max(result, 0)
        }
        return result
    }
}

// MARK: - Reading

extension EventLoop {
    /// Reads what fits behind the input.
    mutating func fill(_ source: ConnectionPointer) -> ReadResult {
        let block: UnsafeMutableRawPointer
        if let input = source.pointee.input {
            block = input
            compact(source, block)
        } else {
            block = buffers.take()
            source.pointee.input = block
            source.pointee.inputStart = 0
            source.pointee.inputEnd = 0
            source.pointee.scanned = 0
        }
        let room = BufferPool.readCapacity - Int(source.pointee.inputEnd)
        guard room > 0 else { return .full }
        let count = linux_receive(source.pointee.descriptor, block + Int(source.pointee.inputEnd), room)
        guard count > 0 else { return readNothing(source, count) }
        source.pointee.inputEnd &+= Int32(truncatingIfNeeded: count)
        if count == room {
            source.pointee.fullReads &+= 1
        } else {
            source.pointee.fullReads = 0
            // A short read has drained the socket, unless an end stands behind the bytes.
            if !source.pointee.has(.endAnnounced) { source.pointee.clear(.readable) }
        }
        return .bytes
    }

    @inline(__always) private func compact(_ source: ConnectionPointer, _ block: UnsafeMutableRawPointer) {
        let start = source.pointee.inputStart
        guard start > 0 else { return }
        let count = source.pointee.inputCount
        if count > 0 { memmove(block, block + Int(start), count) }
        source.pointee.scanned = max(source.pointee.scanned - start, 0)
        source.pointee.inputStart = 0
        source.pointee.inputEnd = Int32(truncatingIfNeeded: count)
    }

    private func readNothing(_ source: ConnectionPointer, _ result: Int) -> ReadResult {
        switch result {
        case 0:
            source.pointee.clear(.readable)
            source.pointee.set([.ended, .endAnnounced])
            return .end
        case Int(-EAGAIN):
            source.pointee.clear(.readable)
            return .nothing
        case Int(-EINTR): return .nothing
        default: return .lost
        }
    }
}

// MARK: - Splicing

extension EventLoop {
    @inline(__always) private mutating func maySplice(_ source: ConnectionPointer) -> Bool {
        switch source.pointee.phase {
        case .sized where source.pointee.remaining >= Self.leastSpliced: break
        case .tunnel where source.pointee.fullReads >= 2, .untilClose where source.pointee.fullReads >= 2: break
        default: return false
        }
        guard source.pointee.inputCount == 0 else { return false }
        if source.pointee.pipe.isOpen { return true }
        guard let pipe = pipes.take() else { return false }
        source.pointee.pipe = pipe
        releaseInput(source)
        return true
    }

    private func fillPipe(_ source: ConnectionPointer) -> ReadResult {
        let most = source.pointee.phase == .sized ? source.pointee.remaining : PipePool.capacity
        let count = linux_splice(
            source.pointee.descriptor, source.pointee.pipe.writing, min(most, PipePool.capacity))
        guard count > 0 else { return readNothing(source, count) }
        source.pointee.pipe.filled = count
        // What trickles is cheaper to copy.
        if count < 4096 { source.pointee.fullReads = 0 }
        return .bytes
    }

    /// - Returns: `nil` when the pipe is empty.
    private func emptyPipe(_ source: ConnectionPointer, _ destination: ConnectionPointer) -> TransferStop? {
        while source.pointee.pipe.filled > 0 {
            guard destination.pointee.has(.writable) else { return .blocked }
            let count = linux_splice(
                source.pointee.pipe.reading, destination.pointee.descriptor, source.pointee.pipe.filled)
            guard count > 0 else {
                if count == Int(-EAGAIN) {
                    destination.pointee.clear(.writable)
                    return .blocked
                }
                if count == Int(-EINTR) { continue }
                return .destinationLost
            }
            source.pointee.pipe.filled &-= count
            source.pointee.set([.moved, .bodySent])
            if source.pointee.phase == .sized { source.pointee.remaining &-= count }
        }
        return nil
    }
}
