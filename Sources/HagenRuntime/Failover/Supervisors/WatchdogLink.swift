internal import Glibc
internal import Hagen
internal import HagenEngine
internal import Logging

/// Sees to it that a watchdog device of this host has its keeper (`WatchdogKeeper`). Like a supervisor the keeper outlives
/// the agent.
struct WatchdogLink: Sendable {
    private static let interval: Duration = .milliseconds(200)
    let device: String
    let executable: String
    let socket: String
    let logger: Logger
    /// `false` from when the keeper was told to leave.
    let isNeeded: @Sendable () -> Bool

    /// Until it is cancelled.
    func run() async {
        var child: pid_t?
        var complaintAt = Instant.now
        while !Task.isCancelled {
            if let process = child, waitpid(process, nil, WNOHANG) != 0 {
                child = nil
                if complaintAt <= .now {
                    logger.error("the watchdog '\(device)' has no keeper: it ended; what it said stands above")
                    complaintAt = .now + .seconds(30)
                }
            }
            if child == nil, isNeeded(), case .free = SupervisorLock(path: socket + ".lock").state { child = start() }
            try? await Task.sleep(for: Self.interval)
        }
    }

    /// At the agent's clean end, when no workload runs: the device is disarmed.
    func leave() {
        let descriptor = WatchdogSocket.connect(to: socket)
        guard descriptor >= 0 else { return }
        _ = WatchdogSocket.send(.leave, over: descriptor)
        close(descriptor)
    }

    private func start() -> pid_t? {
        do {
            return try OutlivingProcess.start(executable, ["watchdog", device, "--socket", socket])
        } catch {
            logger.error("cannot start the watchdog's keeper: \(error)")
            return nil
        }
    }
}
