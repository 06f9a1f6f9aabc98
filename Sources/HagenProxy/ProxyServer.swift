internal import CLinux
internal import Glibc
package import Hagen
internal import HagenEngine
internal import Synchronization

/// What the data plane tells the shell.
package enum ProxyEvent: Equatable, Sendable {
    /// Traffic to the backend failed. Said once until `suspicionTaken` is called for it.
    case backendFailed(listener: Int, backend: Int)
}

/// Why the data plane cannot start, in words for a person.
package struct ProxyFailure: Error, CustomStringConvertible {
    package let description: String
    init(_ description: String) { self.description = description }
}

/// The data plane: listens, and spreads traffic over the backends that it is told are eligible; at first none is.
///
/// Listeners and backends are named by their index in the configuration. Every method may be called from any thread.
package final class ProxyServer: Sendable {
    private let configuration: BalancerConfiguration
    private let shared: SharedState
    private let firstBackends: [Int]
    private let loopCount: Int
    private let threads: Mutex<Threads>

    private struct Threads {
        var loops: [UInt] = []
        var ids: [pthread_t] = []
        var wakeDescriptors: [Int32] = []
    }

    /// - Parameter report: called on a loop's thread; it must not block.
    /// - Throws: `ProxyFailure` where an address cannot be listened on, or a strategy has no engine yet.
    package init(
        _ configuration: BalancerConfiguration, inheritedDescriptors: [Int32] = [],
        report: @escaping @Sendable (ProxyEvent) -> Void
    ) throws {
        self.configuration = configuration
        var first: [Int] = []
        var count = 0
        for listener in configuration.listeners {
            first.append(count)
            count += listener.backends.count
        }
        firstBackends = first
        loopCount = max(1, min(configuration.loops ?? sysconf(Int32(_SC_NPROCESSORS_ONLN)), 64))
        shared = SharedState(loops: loopCount, listeners: configuration.listeners.count, backends: count)
        threads = Mutex(Threads())
        do {
            try start(inheritedDescriptors, report)
        } catch {
            stop()
            throw error
        }
    }

    deinit {
        stop()
        shared.deallocate()
    }

    private func start(_ inherited: [Int32], _ report: @escaping @Sendable (ProxyEvent) -> Void) throws {
        signal(SIGPIPE, SIG_IGN)
        raiseDescriptorLimit()
        let builder = try LoopBuilder(
            configuration: configuration, shared: shared, loopCount: loopCount, inherited: inherited, report: report)
        for number in 0..<loopCount {
            let loop = try builder.makeLoop(number)
            threads.withLock {
                $0.loops.append(UInt(bitPattern: loop))
                $0.wakeDescriptors.append(loop.pointee.wakeDescriptor)
            }
        }
        try threads.withLock { threads in
            for (number, loop) in threads.loops.enumerated() {
                threads.ids.append(try startThread(loop, number))
            }
        }
    }

    private func startThread(_ loop: UInt, _ number: Int) throws -> pthread_t {
        var id = pthread_t()
        let error = pthread_create(
            &id, nil,
            { argument in
                argument?.assumingMemoryBound(to: EventLoop.self).pointee.run()
                return nil
            }, UnsafeMutableRawPointer(bitPattern: loop))
        guard error == 0 else { throw ProxyFailure("cannot start the thread of loop \(number): \(errorText(error))") }
        return id
    }

    /// Every client needs two descriptors; the usual soft limit of 1024 is for programs that use `select`.
    private func raiseDescriptorLimit() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }

    private func wakeAll() {
        threads.withLock { for descriptor in $0.wakeDescriptors { linux_eventfd_signal(descriptor) } }
    }
}

// MARK: - Control

extension ProxyServer {
    /// Nanoseconds of the clock that eligibility counts in: CLOCK_BOOTTIME.
    package static var now: Int64 { linux_boottime_nanoseconds() }

    /// Lets the backend be chosen up to that moment of `now`'s clock; `.max`: until further notice, 0: not at all. In a
    /// listener that follows the active member, its connections are cut when the moment has passed.
    package func setEligible(until deadline: Int64, listener: Int, backend: Int) {
        let before = state(listener, backend).pointee.eligibleUntil.exchange(deadline, ordering: .relaxed)
        let now = Self.now
        // A deadline that only moves on needs nobody woken: the loops read it when they need it.
        if (before > now) != (deadline > now) { wakeAll() }
    }

    /// Takes the backend out and cuts its connections, even if it becomes eligible again at once.
    package func cut(listener: Int, backend: Int) {
        state(listener, backend).pointee.eligibleUntil.store(0, ordering: .relaxed)
        state(listener, backend).pointee.cuts.add(1, ordering: .relaxed)
        wakeAll()
    }

    /// Failures of the backend are reported again.
    package func suspicionTaken(listener: Int, backend: Int) {
        state(listener, backend).pointee.suspected.store(false, ordering: .relaxed)
    }

    /// Stops listening; what is open may end.
    package func beginDrain() {
        shared.command[0].pointee.state.store(SharedCommand.drain, ordering: .relaxed)
        wakeAll()
    }

    /// Closes everything and waits for the loops to end. Calling it again does nothing.
    package func stop() {
        shared.command[0].pointee.state.store(SharedCommand.stop, ordering: .relaxed)
        wakeAll()
        let ended = threads.withLock { threads in
            defer { threads = Threads() }
            return threads
        }
        for id in ended.ids { pthread_join(id, nil) }
        for address in ended.loops {
            guard let loop = UnsafeMutablePointer<EventLoop>(bitPattern: address) else { continue }
            loop.pointee.deallocate()
            loop.deinitialize(count: 1)
            loop.deallocate()
        }
        for descriptor in ended.wakeDescriptors { close(descriptor) }
    }

    private func state(_ listener: Int, _ backend: Int) -> UnsafeMutablePointer<SharedBackend> {
        precondition(
            backend < configuration.listeners[listener].backends.count,
            "listener \(listener) has no backend \(backend)")
        return shared.backends[firstBackends[listener] + backend]
    }
}

// MARK: - Statistics

extension ProxyServer {
    /// Counts since the start, of one listener.
    package struct ListenerStatistics: Equatable, Sendable {
        package var connections: Int
        package var totalConnections: UInt64
        package var requests: UInt64
        package var failures: UInt64
        package var backends: [BackendStatistics]
    }

    package struct BackendStatistics: Equatable, Sendable {
        package var eligible: Bool
        package var connections: Int
        package var served: UInt64
        package var failures: UInt64
    }

    /// One entry a listener, in the order of the configuration. The numbers are read one by one while traffic goes on.
    package func statistics() -> [ListenerStatistics] {
        let now = Self.now
        let listenerCount = configuration.listeners.count
        let backendCount = shared.backends.count
        return configuration.listeners.indices.map { listener in
            var statistics = ListenerStatistics(
                connections: shared.listeners[listener].pointee.connections.load(ordering: .relaxed),
                totalConnections: 0, requests: 0, failures: 0, backends: [])
            for loop in 0..<loopCount {
                let counters = shared.listenerCounters[loop * listenerCount + listener]
                statistics.totalConnections += counters.pointee.connections.value
                statistics.requests += counters.pointee.requests.value
                statistics.failures += counters.pointee.failures.value
            }
            for index in configuration.listeners[listener].backends.indices.map({ firstBackends[listener] + $0 }) {
                var backend = BackendStatistics(
                    eligible: shared.backends[index].pointee.eligibleUntil.load(ordering: .relaxed) > now,
                    connections: shared.backends[index].pointee.connections.load(ordering: .relaxed), served: 0,
                    failures: 0)
                for loop in 0..<loopCount {
                    let counters = shared.backendCounters[loop * backendCount + index]
                    backend.served += counters.pointee.served.value
                    backend.failures += counters.pointee.failures.value
                }
                statistics.backends.append(backend)
            }
            return statistics
        }
    }
}

/// The system's words for an error number.
func errorText(_ error: Int32) -> String { String(cString: strerror(error)) }
