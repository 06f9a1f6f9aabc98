internal import Synchronization

/// What the loops and the shell share: memory whose every field is atomic. Orderings are relaxed; nothing else is
/// published through it, and a wake-up through an eventfd stands between a change and the loop's look at it.
struct SharedState: Sendable {
    let command: SharedArray<SharedCommand>
    let listeners: SharedArray<SharedListener>
    /// Over all listeners, in their order.
    let backends: SharedArray<SharedBackend>
    /// One row a loop.
    let listenerCounters: SharedArray<ListenerCounters>
    let backendCounters: SharedArray<BackendCounters>

    init(loops: Int, listeners listenerCount: Int, backends backendCount: Int) {
        command = SharedArray(count: 1) { _ in SharedCommand() }
        listeners = SharedArray(count: listenerCount) { _ in SharedListener() }
        backends = SharedArray(count: backendCount) { _ in SharedBackend() }
        listenerCounters = SharedArray(count: loops * listenerCount) { _ in ListenerCounters() }
        backendCounters = SharedArray(count: loops * backendCount) { _ in BackendCounters() }
    }

    /// Once no loop runs any more.
    func deallocate() {
        command.deallocate()
        listeners.deallocate()
        backends.deallocate()
        listenerCounters.deallocate()
        backendCounters.deallocate()
    }
}

/// A fixed array at a fixed address, for values that are shared by being atomic. The address is kept as a number, because
/// pointers are not Sendable; the elements are.
struct SharedArray<Element: ~Copyable & Sendable>: Sendable {
    private let address: UInt
    let count: Int

    init(count: Int, _ element: (Int) -> Element) {
        let base = UnsafeMutablePointer<Element>.allocate(capacity: max(count, 1))
        for index in 0..<count { (base + index).initialize(to: element(index)) }
        address = UInt(bitPattern: base)
        self.count = count
    }

    private var base: UnsafeMutablePointer<Element> {
        UnsafeMutablePointer<Element>(bitPattern: address).unsafelyUnwrapped
    }

    @inline(__always) subscript(index: Int) -> UnsafeMutablePointer<Element> { base + index }

    func deallocate() {
        base.deinitialize(count: count)
        base.deallocate()
    }
}

struct SharedCommand: ~Copyable, Sendable {
    static let run = 0
    static let drain = 1
    static let stop = 2
    let state = Atomic<Int>(SharedCommand.run)
}

struct SharedListener: ~Copyable, Sendable {
    /// Clients connected now.
    let connections = Atomic<Int>(0)
}

struct SharedBackend: ~Copyable, Sendable {
    /// Nanoseconds of CLOCK_BOOTTIME up to which it may be chosen; 0: not, `.max`: until further notice. A deadline and
    /// not a flag, so that a backend is left in time even while whoever sets it is held up.
    let eligibleUntil = Atomic<Int64>(0)
    /// Counts the orders to cut its connections.
    let cuts = Atomic<Int>(0)
    /// Requests (HTTP) or connections (TCP) that it has now.
    let connections = Atomic<Int>(0)
    /// A failure was reported and not taken up yet.
    let suspected = Atomic<Bool>(false)
}

/// A count that one loop alone increases and anybody reads.
struct Counter: ~Copyable, Sendable {
    private let count = Atomic<UInt64>(0)
    @inline(__always) func increase() { count.store(count.load(ordering: .relaxed) &+ 1, ordering: .relaxed) }
    var value: UInt64 { count.load(ordering: .relaxed) }
}

struct ListenerCounters: ~Copyable, Sendable {
    let connections = Counter()
    let requests = Counter()
    let failures = Counter()
}

struct BackendCounters: ~Copyable, Sendable {
    let served = Counter()
    let failures = Counter()
}
