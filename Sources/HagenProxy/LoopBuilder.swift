internal import CLinux
internal import Glibc
internal import Hagen
internal import HagenEngine

/// Makes the loops from the configuration: opens the listening sockets, lays out the memory.
struct LoopBuilder {
    let configuration: BalancerConfiguration
    let shared: SharedState
    let loopCount: Int
    let report: @Sendable (ProxyEvent) -> Void
    /// Listening sockets that were handed to the process, by address.
    private let inherited: [(address: linux_socket_address, descriptor: Int32)]
    private static let backlog: Int32 = 4096

    init(
        configuration: BalancerConfiguration, shared: SharedState, loopCount: Int, inherited: [Int32],
        report: @escaping @Sendable (ProxyEvent) -> Void
    ) throws {
        self.configuration = configuration
        self.shared = shared
        self.loopCount = loopCount
        self.report = report
        var found: [(linux_socket_address, Int32)] = []
        for descriptor in inherited {
            var address = linux_socket_address()
            guard linux_listening_address(descriptor, &address) == 0, linux_adopt(descriptor) == 0 else { continue }
            found.append((address, descriptor))
        }
        self.inherited = found
        try checkAddressesAreFree()
    }

    /// The loops share their addresses by SO_REUSEPORT, which would let a second balancer of the same user in unseen.
    private func checkAddressesAreFree() throws {
        for listener in configuration.listeners {
            for address in listener.listen where inheritedDescriptor(for: address) == nil {
                var raw = address.raw
                let descriptor = linux_listen(&raw, 0, 0)
                guard descriptor >= 0 else { throw cannotListen(listener, address, descriptor) }
                close(descriptor)
            }
        }
    }

    private func inheritedDescriptor(for address: SocketAddress) -> Int32? {
        let wanted = address.raw
        return inherited.first {
            $0.address.first == wanted.first && $0.address.second == wanted.second && $0.address.port == wanted.port
                && $0.address.is_ipv6 == wanted.is_ipv6
        }?.descriptor
    }

    private func cannotListen(
        _ listener: BalancerConfiguration.Listener, _ address: SocketAddress, _ result: Int32
    ) -> ProxyFailure {
        ProxyFailure("balancer \(listener.name) cannot listen on \(address): \(errorText(-result))")
    }

    func makeLoop(_ number: Int) throws -> UnsafeMutablePointer<EventLoop> {
        let epoll = linux_epoll_create()
        let wake = linux_eventfd()
        guard epoll >= 0, wake >= 0 else {
            throw ProxyFailure("cannot create the descriptors of loop \(number): \(errorText(-min(epoll, wake)))")
        }
        let sockets = try openSockets()
        let (listeners, backends, candidates) = try layOut(number)
        // Room for all clients of all listeners and a backend connection for each, plus idle ones.
        let clients = configuration.listeners.reduce(0) { $0 + $1.maximumConnections }
        let capacity = 2 * clients + shared.backends.count * Int(LoopBackend.mostPooled) + 64
        let now = linux_boottime_nanoseconds()
        let loop = UnsafeMutablePointer<EventLoop>.allocate(capacity: 1)
        loop.initialize(
            to: EventLoop(
                number: number, epoll: epoll, wakeDescriptor: wake, shared: shared, listeners: listeners,
                listenerCount: configuration.listeners.count, backends: backends, candidates: candidates,
                backendCount: shared.backends.count, sockets: sockets.base, socketCount: sockets.count, report: report,
                table: ConnectionTable(capacity: capacity), wheel: TimerWheel(now: now),
                events: .allocate(capacity: Int(LINUX_EVENTS)), now: now, ready: .allocate(capacity: capacity),
                readyNext: .allocate(capacity: capacity)))
        _ = linux_epoll_add(epoll, wake, LINUX_EPOLL_IN, EventLoop.wakeTag)
        for index in 0..<sockets.count {
            let result = loop.pointee.startListening(sockets.base + index)
            guard result == 0 else { throw ProxyFailure("cannot watch a listening socket: \(errorText(-result))") }
        }
        return loop
    }

    private func openSockets() throws -> (base: UnsafeMutablePointer<ListeningSocket>, count: Int) {
        var sockets: [ListeningSocket] = []
        for (index, listener) in configuration.listeners.enumerated() {
            for address in listener.listen {
                if let descriptor = inheritedDescriptor(for: address) {
                    sockets.append(
                        ListeningSocket(descriptor: descriptor, listener: Int32(index), isInherited: true))
                    continue
                }
                var raw = address.raw
                let descriptor = linux_listen(&raw, 1, Self.backlog)
                guard descriptor >= 0 else {
                    for socket in sockets where !socket.isInherited { close(socket.descriptor) }
                    throw cannotListen(listener, address, descriptor)
                }
                sockets.append(ListeningSocket(descriptor: descriptor, listener: Int32(index), isInherited: false))
            }
        }
        let base = UnsafeMutablePointer<ListeningSocket>.allocate(capacity: max(sockets.count, 1))
        for (index, socket) in sockets.enumerated() { (base + index).initialize(to: socket) }
        return (base, sockets.count)
    }

    private func layOut(_ number: Int) throws -> (
        UnsafeMutablePointer<LoopListener>, UnsafeMutablePointer<LoopBackend>, UnsafeMutablePointer<BackendCandidate>
    ) {
        let listeners = UnsafeMutablePointer<LoopListener>.allocate(capacity: max(configuration.listeners.count, 1))
        let backends = UnsafeMutablePointer<LoopBackend>.allocate(capacity: max(shared.backends.count, 1))
        let candidates = UnsafeMutablePointer<BackendCandidate>.allocate(capacity: max(shared.backends.count, 1))
        var next = 0
        for (index, listener) in configuration.listeners.enumerated() {
            guard let choice = BackendChoice(listener.strategy) else {
                throw ProxyFailure(
                    "balancer \(listener.name): the strategy \(listener.strategy.rawValue) has no engine yet; "
                        + "use round-robin, least-connections or ip-hash")
            }
            let followsActive = if case .active = listener.selection { true } else { false }
            (listeners + index).initialize(
                to: LoopListener(
                    isHTTP: listener.wireProtocol == .http, followsActive: followsActive, firstBackend: Int32(next),
                    backendCount: Int32(listener.backends.count), choice: choice, retries: listener.retries,
                    maximumConnections: listener.maximumConnections, timeouts: TimeoutNanoseconds(listener.timeouts)))
            for (position, backend) in listener.backends.enumerated() {
                (backends + next).initialize(to: LoopBackend(address: backend.address.raw, listener: Int32(index)))
                var candidate = BackendCandidate(seed: BackendChoice.seed(backend.name), weight: backend.weight)
                // Each loop starts its rounds with another backend.
                if position == number % listener.backends.count { candidate.credit = 1 }
                (candidates + next).initialize(to: candidate)
                next += 1
            }
        }
        return (listeners, backends, candidates)
    }
}

extension SocketAddress {
    var raw: linux_socket_address {
        var raw = linux_socket_address()
        raw.port = UInt16(port)
        raw.is_ipv6 = address.isIPv6 ? 1 : 0
        withUnsafeMutableBytes(of: &raw) { $0.copyBytes(from: address.bytes) }
        return raw
    }
}
