internal import CLinux
internal import Glibc
internal import HagenEngine
internal import Synchronization

/// One thread of the data plane: accepts, chooses, moves bytes.
///
/// Everything that it touches on the path of a request is plain memory of its own, or an atomic. Sockets are registered
/// once, edge-triggered, for everything; `readable` and `writable` remember what the kernel said until it says
/// otherwise. One source of bytes is *driven* at a time (`drive`), as far as it goes: until its socket is drained, its
/// peer takes no more, or its turn is used up.
///
/// The surprising case: driving may release the connection it was given, and its peer. Whoever drives touches neither
/// afterwards, or looks at the generation first.
struct EventLoop {
    let number: Int
    let epoll: Int32
    let wakeDescriptor: Int32
    let shared: SharedState
    let listeners: UnsafeMutablePointer<LoopListener>
    let listenerCount: Int
    let backends: UnsafeMutablePointer<LoopBackend>
    let candidates: UnsafeMutablePointer<BackendCandidate>
    let backendCount: Int
    let sockets: UnsafeMutablePointer<ListeningSocket>
    let socketCount: Int
    /// Tells the shell of a backend that failed; not on the path of a request that succeeds.
    let report: @Sendable (ProxyEvent) -> Void

    var table: ConnectionTable
    var buffers = BufferPool()
    var pipes = PipePool()
    var wheel: TimerWheel
    let events: UnsafeMutablePointer<linux_event>

    /// Nanoseconds of CLOCK_BOOTTIME, read once a round.
    var now: Int64
    /// Reads that are left to the source that is driven.
    var budget = 0
    static let readsPerTurn = 16
    /// Tags of connections whose turn was cut short; driven again in the next round.
    var ready: UnsafeMutablePointer<UInt64>
    var readyNext: UnsafeMutablePointer<UInt64>
    var readyCount = 0
    /// When clients that wait for a backend look again without being woken; `.max`: none waits.
    var queueRetryAt: Int64 = .max
    var pausedSockets = 0
    var isDraining = false
    /// The backend whose connections are being cut: clients that lose theirs do not go back to it at once.
    var backendBeingCut = -1

    /// Tags from here on name the loop's own descriptors: listening sockets by number, and the wake-up.
    static let ownTags: UInt64 = UInt64(UInt32.max) << 32
    static let wakeTag = UInt64.max

    /// Runs until it is told to stop.
    mutating func run() {
        linux_name_thread("balancer-\(number)")
        while shared.command[0].pointee.state.load(ordering: .relaxed) != SharedCommand.stop {
            let count = linux_epoll_wait(epoll, events, waitMilliseconds())
            now = linux_boottime_nanoseconds()
            // Before any byte moves: after a pause, leases may have ended that were good before it.
            leaveDeposedBackends()
            for index in 0..<Int(max(count, 0)) { take(events + index) }
            driveReady()
            expireTimers()
            if now >= queueRetryAt { retryQueues() }
            if pausedSockets > 0 { resumeListening() }
        }
    }

    private mutating func take(_ event: UnsafeMutablePointer<linux_event>) {
        let tag = event.pointee.tag
        if tag >= Self.ownTags {
            if tag == Self.wakeTag { woken() } else { accept(on: sockets + Int(tag - Self.ownTags)) }
            return
        }
        guard let connection = table.connection(tagged: tag) else { return }
        let what = event.pointee.what
        if connection.pointee.has(.pooled) {
            // An idle backend connection has nothing to say: it ends, or it breaks the protocol.
            let ends = LINUX_EPOLL_IN | LINUX_EPOLL_ERROR | LINUX_EPOLL_HANGUP | LINUX_EPOLL_PEER_CLOSED
            if what & ends != 0 { release(connection) } else { connection.pointee.set(.writable) }
            return
        }
        if connection.pointee.has(.connecting) {
            connectionDecided(connection, what)
            return
        }
        note(what, of: connection, tag: tag)
    }

    private mutating func note(_ what: UInt32, of connection: ConnectionPointer, tag: UInt64) {
        if what & (LINUX_EPOLL_ERROR | LINUX_EPOLL_HANGUP) != 0, connection.pointee.kind == .client,
            connection.pointee.phase == .done || connection.pointee.peer == Connection.noIndex
        {
            // Nothing is read from such a client, so nothing else would notice that it is gone.
            if connection.pointee.inputCount == 0 || connection.pointee.phase != .head {
                abort(connection, reset: false)
                return
            }
        }
        if what & (LINUX_EPOLL_IN | LINUX_EPOLL_PEER_CLOSED | LINUX_EPOLL_HANGUP | LINUX_EPOLL_ERROR) != 0 {
            connection.pointee.set(.readable)
        }
        if what & (LINUX_EPOLL_PEER_CLOSED | LINUX_EPOLL_HANGUP | LINUX_EPOLL_ERROR) != 0 {
            connection.pointee.set(.endAnnounced)
        }
        let becameWritable = what & LINUX_EPOLL_OUT != 0 && !connection.pointee.has(.writable)
        if becameWritable { connection.pointee.set(.writable) }
        if connection.pointee.has(.readable) { takeTurn(connection) }
        guard becameWritable, table.connection(tagged: tag) != nil, connection.pointee.peer != Connection.noIndex
        else { return }
        takeTurn(table[connection.pointee.peer])
    }

    /// Drives a source as far as it goes within one turn.
    mutating func takeTurn(_ source: ConnectionPointer) {
        budget = Self.readsPerTurn
        drive(source)
    }

    @inline(__always) mutating func drive(_ source: ConnectionPointer) {
        if source.pointee.phase == .tunnel {
            driveTunnel(source)
        } else if source.pointee.kind == .client {
            driveRequest(source)
        } else {
            driveResponse(source)
        }
    }

    /// Lets others go first, and drives the source again before the loop sleeps.
    mutating func postpone(_ source: ConnectionPointer) {
        guard !source.pointee.has(.ready), readyCount < Int(table.capacity) else { return }
        source.pointee.set(.ready)
        ready[readyCount] = table.tag(of: source)
        readyCount += 1
    }

    private mutating func driveReady() {
        let count = readyCount
        swap(&ready, &readyNext)
        readyCount = 0
        for index in 0..<count {
            guard let source = table.connection(tagged: readyNext[index]) else { continue }
            source.pointee.clear(.ready)
            takeTurn(source)
        }
    }

    private func waitMilliseconds() -> Int32 {
        if readyCount > 0 { return 0 }
        var next = min(wheel.nextWake() ?? .max, min(queueRetryAt, nextDeposition()))
        if pausedSockets > 0 { next = min(next, now + 10_000_000) }
        guard next < .max else { return -1 }
        return Int32(clamping: (max(next - now, 0) + 999_999) / 1_000_000)
    }

    private mutating func closeEverything() {
        for index in 0..<socketCount where sockets[index].pause != .closed && !sockets[index].isInherited {
            close(sockets[index].descriptor)
        }
        for index in 0..<table.used where table[index].pointee.kind == .client {
            abort(table[index], reset: false)
        }
        for index in 0..<table.used where table[index].pointee.kind == .backend { release(table[index]) }
    }

    /// Closes everything and gives the memory back, when `run` has returned or never began.
    mutating func deallocate() {
        closeEverything()
        close(epoll)
        buffers.deallocate()
        pipes.deallocate()
        wheel.deallocate()
        table.deallocate()
        listeners.deallocate()
        backends.deallocate()
        candidates.deallocate()
        sockets.deallocate()
        events.deallocate()
        ready.deallocate()
        readyNext.deallocate()
    }
}
