internal import CLinux
internal import Glibc

/// Blocks of one size. A few are kept for reuse; the rest goes back to the allocator, so that a burst is not paid for
/// for ever.
struct BufferPool {
    /// What is read into a block at most, and so the longest head.
    static let readCapacity = 16384
    /// A head that is rewritten may grow by the fields that the balancer adds.
    static let blockSize = readCapacity + 1024
    private static let kept = 256

    private var free: UnsafeMutableRawPointer?
    private var freeCount = 0

    @inline(__always) mutating func take() -> UnsafeMutableRawPointer {
        guard let block = free else { return .allocate(byteCount: Self.blockSize, alignment: 64) }
        free = block.load(as: UnsafeMutableRawPointer?.self)
        freeCount -= 1
        return block
    }

    @inline(__always) mutating func giveBack(_ block: UnsafeMutableRawPointer) {
        guard freeCount < Self.kept else {
            block.deallocate()
            return
        }
        block.storeBytes(of: free, as: UnsafeMutableRawPointer?.self)
        free = block
        freeCount += 1
    }

    mutating func deallocate() {
        while let block = free {
            free = block.load(as: UnsafeMutableRawPointer?.self)
            block.deallocate()
        }
        freeCount = 0
    }
}

/// Pipes for `splice`. Their number is bounded, because the kernel bounds the memory of one user's pipes; without one,
/// bytes are copied.
struct PipePool {
    static let capacity = 256 * 1024
    private static let most = 64
    private static let kept = 32

    private let idle: UnsafeMutablePointer<Connection.Pipe> = .allocate(capacity: Self.kept)
    private var idleCount = 0
    private var openCount = 0

    mutating func take() -> Connection.Pipe? {
        if idleCount > 0 {
            idleCount -= 1
            return idle[idleCount]
        }
        guard openCount < Self.most else { return nil }
        var pipe = Connection.Pipe()
        guard linux_splice_pipe(&pipe.reading, &pipe.writing, Int32(Self.capacity)) == 0 else { return nil }
        openCount += 1
        return pipe
    }

    mutating func giveBack(_ pipe: Connection.Pipe) {
        if pipe.filled == 0, idleCount < Self.kept {
            idle[idleCount] = pipe
            idleCount += 1
        } else {
            shut(pipe)
        }
    }

    private mutating func shut(_ pipe: Connection.Pipe) {
        close(pipe.reading)
        close(pipe.writing)
        openCount -= 1
    }

    mutating func deallocate() {
        for index in 0..<idleCount { shut(idle[index]) }
        idle.deallocate()
    }
}
