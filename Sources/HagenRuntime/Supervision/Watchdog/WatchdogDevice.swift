internal import CLinux
internal import Glibc
internal import Hagen

/// A watchdog device (Linux's watchdog API): opened, it resets the host unless it is written to in time, until it is
/// closed after the letter `V`.
///
/// In tests a FIFO stands in for it: it takes the same bytes, and knows no time-out.
struct WatchdogDevice: ~Copyable {
    private static let timeoutInSeconds = Int32(LeaseTiming.watchdogTimeout.components.seconds)
    private static let longestTimeoutInSeconds: Int32 = 10
    private let descriptor: Int32

    private init(descriptor: Int32) { self.descriptor = descriptor }

    /// - Throws: in words, where there is none, another program has it, or it does not take the time-out.
    static func open(_ path: String) throws(EngineFailure) -> WatchdogDevice {
        let descriptor = Glibc.open(path, O_WRONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw EngineFailure(
                errno == EBUSY
                    ? "the watchdog '\(path)' is in use by another program"
                    : "cannot open the watchdog '\(path)': \(systemMessage(errno))")
        }
        let device = WatchdogDevice(descriptor: descriptor)
        var properties = stat()
        let isStandIn = fstat(descriptor, &properties) == 0 && properties.st_mode & S_IFMT == S_IFIFO
        guard !isStandIn else { return device }
        let taken = linux_watchdog_timeout(descriptor, timeoutInSeconds)
        guard taken > 0, taken <= longestTimeoutInSeconds else {
            device.disarm()
            throw EngineFailure(
                taken > 0
                    ? "the watchdog '\(path)' waits \(taken) s; at most \(longestTimeoutInSeconds) s are of use"
                    : "the watchdog '\(path)' does not take a time-out: \(systemMessage(-taken))")
        }
        if taken > timeoutInSeconds {
            EngineLog.warn(
                "the watchdog '\(path)' waits \(taken) s and not \(timeoutInSeconds) s: it resets the host that much later"
            )
        }
        return device
    }

    /// Puts the reset off by the time-out.
    func feed() {
        var byte = UInt8(ascii: ".")
        _ = write(descriptor, &byte, 1)
    }

    /// Tells it that whoever closes it means to. A kernel that was built or told not to listen (nowayout) resets anyway.
    func disarm() {
        var byte = UInt8(ascii: "V")
        _ = write(descriptor, &byte, 1)
    }

    deinit { close(descriptor) }
}
