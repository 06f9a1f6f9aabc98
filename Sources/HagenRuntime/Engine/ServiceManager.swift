internal import Glibc
internal import Logging

/// Tells systemd how the engine is, by the protocol of `sd_notify(3)`. Without systemd it does nothing.
struct ServiceManager: Sendable {
    private let socketPath: String?
    /// How often the watchdog is fed: half of what the unit allows. `nil` where none watches this process.
    let watchdogInterval: Duration?
    private let logger: Logger

    /// - Parameter processID: of this process; the watchdog of another one is not ours to feed.
    init(environment: [String: String], processID: Int32 = getpid(), logger: Logger) {
        socketPath = environment["NOTIFY_SOCKET"].flatMap { $0.isEmpty ? nil : $0 }
        let isOurs = environment["WATCHDOG_PID"].map { Int32($0) == processID } ?? true
        let microseconds = environment["WATCHDOG_USEC"].flatMap(Int64.init) ?? 0
        watchdogInterval = isOurs && microseconds > 1 ? .microseconds(microseconds / 2) : nil
        self.logger = logger
    }

    /// Sends lines such as `READY=1`. A failure is logged: systemd then acts on its own time-outs.
    func notify(_ state: String) {
        guard let socketPath else { return }
        if let error = send(state, to: socketPath) {
            logger.warning(
                "systemd could not be told", metadata: ["state": "\(state)", "error": "\(systemMessage(error))"])
        }
    }

    /// Feeds the watchdog until the task is cancelled.
    ///
    /// - Parameter prove: does something that only a living engine finishes; while it does not return nothing is fed.
    func feedWatchdog(prove: @Sendable () async -> Void) async {
        guard let watchdogInterval, socketPath != nil else { return }
        while !Task.isCancelled {
            await prove()
            notify("WATCHDOG=1")
            try? await Task.sleep(for: watchdogInterval)
        }
    }

    /// Never waits: a systemd that is behind must not hold up what else runs here. Returns the error number of a failure.
    private func send(_ state: String, to path: String) -> Int32? {
        guard let address = UnixSocketAddress(notificationPath: path) else { return EINVAL }
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return errno }
        defer { close(descriptor) }
        let bytes = Array(state.utf8)
        let sent = address.withPointer { pointer, length in
            sendto(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT), pointer, length)
        }
        return sent == bytes.count ? nil : errno
    }
}
