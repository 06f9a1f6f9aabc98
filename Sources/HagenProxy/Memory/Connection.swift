/// One socket of the data plane, a client's or a backend's: plain data in a slab.
///
/// The two sockets of an exchange point at each other by index (`peer`). Each one is the *source* of one direction:
/// what was read from it and not yet written to its peer (`input`), the head that replaces the one it sent (`head`), the
/// pipe of a spliced body, and where its message stands (`phase`). An idle connection holds none of these buffers.
struct Connection {
    enum Kind: UInt8 { case free, client, backend }

    /// What is expected next from this socket.
    enum Phase: UInt8 {
        /// An HTTP head.
        case head
        /// A body of `remaining` bytes.
        case sized
        case chunked
        /// A body that the end of the connection ends.
        case untilClose
        /// Bytes of any kind, to be passed on as they are: TCP, and HTTP after an upgrade.
        case tunnel
        /// Nothing: the message is complete.
        case done
        /// Nothing more is wanted; what comes is thrown away until the client has read its answer.
        case lingering
    }

    var descriptor: Int32 = -1
    var generation: UInt32 = 0
    var flags: Flags = []
    var kind = Kind.free
    var phase = Phase.head
    /// Backends that were tried since the client last waited.
    var attempts: UInt8 = 0
    /// Times that the request was sent again after it may have been executed.
    var repeats: UInt8 = 0
    var chunks = ChunkedFraming()

    /// Index of the listener that the client came by, or that the backend belongs to.
    var listener: Int32 = 0
    /// Index of the backend over all listeners; `noIndex` for clients.
    var backend: Int32 = Connection.noIndex
    var peer: Int32 = Connection.noIndex
    /// Neighbours in the free list, in a pool of idle backend connections, or in the queue of waiting clients.
    var previous: Int32 = Connection.noIndex
    var next: Int32 = Connection.noIndex

    var timer = TimerLink()

    /// Read and not yet passed on: bytes `inputStart` to `inputEnd`; those before `scanned` are known to be body, or
    /// known not to complete a head.
    var input: UnsafeMutableRawPointer?
    var inputStart: Int32 = 0
    var inputEnd: Int32 = 0
    var scanned: Int32 = 0

    /// The head to be written to the peer before anything else, followed by what little of the body was appended.
    var head: UnsafeMutableRawPointer?
    var headSent: Int32 = 0
    var headEnd: Int32 = 0

    /// Reads in a row that filled the buffer.
    var fullReads: Int32 = 0
    /// Bytes of a sized body that were not yet passed on.
    var remaining: Int = 0
    var pipe = Pipe()

    /// A client's address, as in `linux_socket_address`.
    var addressFirst: UInt64 = 0
    var addressSecond: UInt64 = 0
    /// Backends of the listener (the first 64) that this request or connection failed to reach.
    var tried: UInt64 = 0
    /// When a client that waits for a backend is told that there is none.
    var queueDeadline: Int64 = .max

    static let noIndex: Int32 = -1

    struct Flags: OptionSet {
        var rawValue: UInt32
        static var readable: Self { Self(rawValue: 1 << 0) }
        static var writable: Self { Self(rawValue: 1 << 1) }
        /// The peer closed its sending side; what it sent before may still be unread.
        static var endAnnounced: Self { Self(rawValue: 1 << 2) }
        /// Everything up to that end was read.
        static var ended: Self { Self(rawValue: 1 << 3) }
        /// Our sending side is closed.
        static var outputClosed: Self { Self(rawValue: 1 << 4) }
        /// A backend connection that is not established yet.
        static var connecting: Self { Self(rawValue: 1 << 5) }
        /// Idle, in the pool of its backend.
        static var pooled: Self { Self(rawValue: 1 << 6) }
        /// Taken from the pool: it may have been closed by the backend in the meantime.
        static var reused: Self { Self(rawValue: 1 << 7) }
        /// A byte of the current answer has arrived.
        static var answered: Self { Self(rawValue: 1 << 8) }
        /// The connection may carry another message after this one.
        static var persistent: Self { Self(rawValue: 1 << 9) }
        static var headRequest: Self { Self(rawValue: 1 << 10) }
        static var idempotent: Self { Self(rawValue: 1 << 11) }
        static var upgradeRequested: Self { Self(rawValue: 1 << 12) }
        static var minorVersionZero: Self { Self(rawValue: 1 << 13) }
        /// Bytes of the body went out that are not kept, so that the request cannot be sent again.
        static var bodySent: Self { Self(rawValue: 1 << 14) }
        /// Bytes of the current answer went to the client.
        static var answerStarted: Self { Self(rawValue: 1 << 15) }
        /// A client in the queue of its listener.
        static var queued: Self { Self(rawValue: 1 << 16) }
        /// In the list of connections whose turn was cut short.
        static var ready: Self { Self(rawValue: 1 << 17) }
        /// Idle between two requests: no byte of the next one has arrived.
        static var betweenRequests: Self { Self(rawValue: 1 << 18) }
        /// Another idle backend connection turned out closed: take a new one.
        static var freshOnly: Self { Self(rawValue: 1 << 19) }
        /// Bytes went through the tunnel in this direction.
        static var moved: Self { Self(rawValue: 1 << 20) }
        /// Counted among the requests and connections that no backend served.
        static var failureCounted: Self { Self(rawValue: 1 << 21) }
        /// What this socket sends is passed on no more: its peer does not take it.
        static var abandoned: Self { Self(rawValue: 1 << 22) }
        /// A request that was passed on to its last byte.
        static var requestSent: Self { Self(rawValue: 1 << 23) }
        /// The latest attempt ended with a refused or lost connection, not with a lack of backends.
        static var attemptFailed: Self { Self(rawValue: 1 << 24) }
        static var addressIsIPv6: Self { Self(rawValue: 1 << 25) }

        /// What is known of one request, forgotten before the next.
        static var ofOneRequest: Self {
            [
                .headRequest, .idempotent, .upgradeRequested, .minorVersionZero, .bodySent, .answerStarted, .freshOnly,
                .failureCounted, .abandoned, .requestSent, .attemptFailed,
            ]
        }
    }

    /// A pipe that `splice` moves body bytes through.
    struct Pipe {
        var reading: Int32 = -1
        var writing: Int32 = -1
        var filled: Int = 0
        var isOpen: Bool { reading >= 0 }
    }

    @inline(__always) var hasPendingHead: Bool { headEnd != headSent }
    @inline(__always) var inputCount: Int { Int(inputEnd &- inputStart) }

    @inline(__always) mutating func set(_ flag: Flags) { flags.formUnion(flag) }
    @inline(__always) mutating func clear(_ flag: Flags) { flags.subtract(flag) }
    @inline(__always) func has(_ flag: Flags) -> Bool { flags.rawValue & flag.rawValue == flag.rawValue }
}

typealias ConnectionPointer = UnsafeMutablePointer<Connection>
