internal import Glibc

/// Sockets that systemd listens on for this process, by the protocol of `sd_listen_fds(3)`.
package enum InheritedSockets {
    private static let first: Int32 = 3

    /// The descriptors, none where they are meant for another process.
    package static func descriptors(
        _ environment: [String: String], processID: Int32 = getpid()
    ) -> [Int32] {
        guard let count = environment["LISTEN_FDS"].flatMap(Int32.init), (1...1024).contains(count),
            environment["LISTEN_PID"].flatMap(Int32.init) == processID
        else { return [] }
        return Array(first..<(first + count))
    }
}
