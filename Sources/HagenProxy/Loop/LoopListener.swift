internal import CLinux
internal import Glibc
internal import Hagen
internal import HagenEngine

/// One listener as a loop sees it: plain data.
struct LoopListener {
    var isHTTP: Bool
    /// Its connections are cut when their backend stops being eligible, because an older epoch must not be served.
    var followsActive: Bool
    var firstBackend: Int32
    var backendCount: Int32
    var choice: BackendChoice
    var retries: Int
    var maximumConnections: Int
    var timeouts: TimeoutNanoseconds
    /// Clients that wait for a backend, first come first.
    var queueHead: Int32 = Connection.noIndex
    var queueTail: Int32 = Connection.noIndex
}

struct TimeoutNanoseconds {
    var connect: Int64
    var request: Int64
    var response: Int64
    var idle: Int64
    var queue: Int64

    init(_ timeouts: BalancerConfiguration.Timeouts) {
        connect = Self.bounded(timeouts.connect)
        request = Self.bounded(timeouts.request)
        response = Self.bounded(timeouts.response)
        idle = Self.bounded(timeouts.idle)
        queue = Self.bounded(timeouts.queue)
    }

    /// Added to a clock without overflow.
    private static func bounded(_ duration: Duration) -> Int64 { min(max(duration.nanoseconds, 0), .max / 4) }
}

/// One backend as a loop sees it: plain data.
struct LoopBackend {
    var address: linux_socket_address
    var listener: Int32
    /// Idle connections to it, the latest used first.
    var poolHead: Int32 = Connection.noIndex
    var poolCount: Int32 = 0
    var seenCuts = 0
    var wasEligible = false
    static let mostPooled: Int32 = 1024
}

/// A listening socket of one loop, or one that all loops share because it was inherited.
struct ListeningSocket {
    enum Pause: UInt8 { case none, connectionLimit, noDescriptor, closed }
    var descriptor: Int32
    var listener: Int32
    var isInherited: Bool
    var pause = Pause.none
    /// When a socket that lacked a descriptor is tried again.
    var resumeAt: Int64 = 0
}
