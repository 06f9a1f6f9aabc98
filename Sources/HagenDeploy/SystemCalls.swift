internal import CLinux
internal import Foundation
internal import Hagen

/// The few system calls that several parts of this target make, with errors in words.
enum SystemCalls {
    /// What the last failed call of this thread said.
    static var lastError: String { String(cString: strerror(errno)) }

    /// A pipe whose ends no child inherits unless it is given one; both ends lie above the descriptors that a child's
    /// own are copied to.
    static func pipe() throws -> (read: Int32, write: Int32) {
        var ends: [Int32] = [-1, -1]
        let result = linux_blocking_pipe(&ends)
        guard result == 0 else { throw DeployError("cannot make a pipe: \(String(cString: strerror(-result)))") }
        defer { ends.forEach { _ = close($0) } }
        let read = fcntl(ends[0], F_DUPFD_CLOEXEC, 16)
        guard read >= 0 else { throw DeployError("cannot make a pipe: \(lastError)") }
        let write = fcntl(ends[1], F_DUPFD_CLOEXEC, 16)
        guard write >= 0 else {
            let reason = lastError
            _ = close(read)
            throw DeployError("cannot make a pipe: \(reason)")
        }
        return (read, write)
    }

    /// The file's bytes up to a limit; `nil` where it cannot be read. Files of /proc have no size, so it is not asked for.
    static func contents(of path: String, limit: Int) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { _ = close(descriptor) }
        return contents(of: descriptor, limit: limit)
    }

    /// The same of an open descriptor, up to its end, and where there is a deadline `nil` if that comes first.
    static func contents(
        of descriptor: Int32, limit: Int, until deadline: ContinuousClock.Instant? = nil
    ) -> [UInt8]? {
        var bytes: [UInt8] = []
        while bytes.count < limit {
            if let deadline {
                var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
                let left = max(0, (deadline - .now).nanoseconds / 1_000_000)
                if poll(&waiting, 1, Int32(clamping: left)) == 0 { return nil }
            }
            let room = min(limit - bytes.count, 64 * 1024)
            var count = 0
            let chunk = [UInt8](unsafeUninitializedCapacity: room) { buffer, initialized in
                count = read(descriptor, buffer.baseAddress, room)
                initialized = max(count, 0)
            }
            if count < 0 {
                if errno == EINTR { continue }
                return nil
            }
            if count == 0 { break }
            bytes += chunk
        }
        return bytes
    }

    /// Runs a call that may block in a thread that may: a thread of the concurrency pool may not.
    static func blocking<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(with: Result(catching: body)) }
        }
    }
}
