internal import CLinux
package import HagenEngine

extension Instant {
    /// The moment on this host's `CLOCK_BOOTTIME`.
    package static var now: Instant { Instant(nanoseconds: linux_boottime()) }
}
