internal import CLinux
internal import Glibc
internal import Hagen
internal import HagenEngine

/// A supervisor's word to the watchdog's keeper about its workload.
final class WatchdogClaim {
    private let supervisor: String
    private var path: String?
    private var descriptor: Int32 = -1
    private var isHeld = false

    /// - Parameter supervisor: its socket's path, which names it on this host.
    init(supervisor: String) { self.supervisor = supervisor }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// From now on the host is reset unless the workload is proved dead or permitted longer.
    ///
    /// - Parameters:
    ///   - deadline: of the workload's permit.
    ///   - start: says where the keeper is, if there is one, and how long it feeds the device.
    /// - Throws: in words, where the keeper does not take it.
    func hold(until deadline: Instant, of start: WorkloadStart?) throws(EngineFailure) {
        guard let start, let socket = start.watchdog else { return }
        if path != socket { disconnect() }
        path = socket
        let margin = Duration.nanoseconds(start.watchdogMarginInNanoseconds ?? 0)
        let message = WatchdogMessage.hold(supervisor, until: deadline + margin)
        // One that was replaced is reached again by another connection.
        guard send(message) || send(message) else {
            throw EngineFailure("the watchdog's keeper cannot be reached at '\(socket)': \(systemMessage(errno))")
        }
        isHeld = true
    }

    /// The workload is proved dead.
    ///
    /// - Returns: `false` where the keeper could not be told; to be called again then.
    func free() -> Bool {
        guard isHeld else { return true }
        guard send(.free(supervisor)) || send(.free(supervisor)) else { return false }
        isHeld = false
        return true
    }

    /// As `free`, of a supervisor that is gone and whose workload was proved dead.
    static func free(_ supervisor: String, socket: String) {
        let claim = WatchdogClaim(supervisor: supervisor)
        claim.path = socket
        claim.isHeld = true
        _ = claim.free()
    }

    private func send(_ message: WatchdogMessage) -> Bool {
        guard let path else { return false }
        if descriptor < 0 { descriptor = WatchdogSocket.connect(to: path) }
        guard descriptor >= 0 else { return false }
        if WatchdogSocket.send(message, over: descriptor) { return true }
        disconnect()
        return false
    }

    private func disconnect() {
        if descriptor >= 0 { close(descriptor) }
        descriptor = -1
    }
}
