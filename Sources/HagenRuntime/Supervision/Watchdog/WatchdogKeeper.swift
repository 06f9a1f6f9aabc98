internal import CLinux
internal import Glibc
internal import Hagen
internal import HagenEngine

/// `hagend watchdog`: feeds the host's one watchdog device for as long as every supervisor can be trusted.
///
/// Each supervisor tells it how long the device may be fed, and tells it again with each extension of its permit (`hold
/// NANOSECONDS SUPERVISOR`), until its workload is proved dead (`free SUPERVISOR`). Where a moment passes without either, the
/// supervisor is gone or hangs with a workload that may live, or cannot kill it, or the permit is running out: the device is
/// fed no more, and the host is reset a time-out later unless one of the two comes. Where the lease is long enough
/// (`LeaseTiming.outlastsWatchdog`) that is before another member may act; else it is a last resort. The agent has no part in that, and may be restarted or replaced; a supervisor that is
/// gone is spoken for by the agent once it has proved what that one left dead. Where this process is killed or hangs, the
/// host is reset as well: nobody would notice then that a workload has to be.
package struct WatchdogKeeper: ~Copyable {
    private static let feedInterval: Duration = .milliseconds(100)
    private static let maximumConnections = 1024

    private let device: WatchdogDevice
    private let lock: Int32
    private let listener: Int32
    private let path: String
    private var connections: [Int32] = []
    private var claims: [String: Instant] = [:]
    private var isHolding = true

    /// - Parameters:
    ///   - device: its path.
    ///   - socket: where supervisors reach it; the file beside it with `.lock` keeps a second one away.
    /// - Throws: in words.
    package init(device: String, socket path: String) throws(EngineFailure) {
        let lock = try SupervisorLock(path: path + ".lock").take()
        let listener = try WatchdogSocket.listen(at: path)
        let opened = try WatchdogDevice.open(device)
        self.device = opened
        (self.lock, self.listener) = (lock, listener)
        self.path = path
        _ = signal(SIGPIPE, SIG_IGN)
        for number in [SIGHUP, SIGINT, SIGTERM] { _ = signal(number, SIG_IGN) }
        let refused = Urgency.raise()
        if !refused.isEmpty {
            EngineLog.warn("the watchdog's keeper was not allowed \(refused.joined(separator: ", nor "))")
        }
    }

    /// Until it is told to leave while nothing is held.
    package mutating func run() {
        var feedAt = Instant.now
        while true {
            if feedAt <= .now {
                feed()
                feedAt = .now + Self.feedInterval
            }
            var polled = ([listener] + connections).map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
            let wait = max((feedAt - .now).nanoseconds / 1_000_000 + 1, 0)
            guard poll(&polled, nfds_t(polled.count), Int32(wait)) > 0 else { continue }
            for ready in polled where ready.revents != 0 {
                if ready.fd == listener {
                    accept()
                } else if serve(ready.fd) {
                    device.disarm()
                    ftruncate(lock, 0)
                    unlink(path)
                    return
                }
            }
            // The device may be about to reset the host.
            if !isHolding { feedAt = .now }
        }
    }

    private mutating func feed() {
        let late = claims.filter { $0.value <= .now }.keys.sorted()
        if late.isEmpty {
            if !isHolding { EngineLog.warn("the watchdog is fed again: every workload is proved dead or permitted") }
            isHolding = true
            device.feed()
            return
        }
        if isHolding {
            EngineLog.warn(
                "the watchdog resets this host: nobody proved dead in time what these supervisors ran: \(late.joined(separator: ", "))"
            )
        }
        isHolding = false
    }

    private mutating func accept() {
        let descriptor = linux_accept_unnamed(listener)
        guard descriptor >= 0 else { return }
        guard connections.count < Self.maximumConnections else {
            close(descriptor)
            return
        }
        connections.append(descriptor)
    }

    /// - Returns: whether it is to end.
    private mutating func serve(_ descriptor: Int32) -> Bool {
        var bytes = [UInt8](repeating: 0, count: WatchdogMessage.maximumByteCount)
        let count = recv(descriptor, &bytes, bytes.count, 0)
        if count < 0, errno == EAGAIN || errno == EINTR { return false }
        guard count > 0 else {
            connections.removeAll { $0 == descriptor }
            close(descriptor)
            return false
        }
        switch WatchdogMessage(String(decoding: bytes.prefix(count), as: UTF8.self)) {
        case .hold(let supervisor, let moment)
        where claims[supervisor] != nil || claims.count < Self.maximumConnections:
            claims[supervisor] = moment
        case .free(let supervisor): claims[supervisor] = nil
        case .leave where claims.isEmpty: return true
        case .hold, .leave, nil: break
        }
        return false
    }
}
