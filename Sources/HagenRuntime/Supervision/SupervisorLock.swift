internal import CLinux
internal import Glibc
internal import HagenEngine

/// The file beside a supervisor's socket: whoever holds its lock is the supervisor, and what stands in it says which process
/// that is and when it began, `PROCESS NANOSECONDS` since boot. A supervisor that proved its workload dead before it ended
/// leaves it empty.
struct SupervisorLock {
    struct Holder: Equatable {
        var processID: pid_t
        var began: Instant
    }

    enum State: Equatable {
        /// A supervisor holds the lock; `nil`: it has not said yet which process it is.
        case held(by: Holder?)
        /// The lock could be obtained, so no supervisor runs; `lost`: the one that ended without a proof.
        case free(lost: Holder?)
        /// Nothing is known; why, in words.
        case unknown(String)
    }

    let path: String

    /// - Throws: where the lock is held by another process or cannot be taken.
    func take() throws(EngineFailure) -> Int32 {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw EngineFailure("cannot open '\(path)': \(systemMessage(errno))") }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let problem = errno
            close(descriptor)
            throw EngineFailure(
                problem == EWOULDBLOCK
                    ? "'\(path)': another supervisor runs there" : "cannot lock '\(path)': \(systemMessage(problem))")
        }
        let line = Array("\(getpid()) \(Instant.now.nanoseconds)\n".utf8)
        guard ftruncate(descriptor, 0) == 0, pwrite(descriptor, line, line.count, 0) == line.count else {
            let problem = errno
            close(descriptor)
            throw EngineFailure("cannot write '\(path)': \(systemMessage(problem))")
        }
        return descriptor
    }

    var state: State {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { return .unknown("cannot open '\(path)': \(systemMessage(errno))") }
        defer { close(descriptor) }
        if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return read(descriptor).map { .free(lost: $0) } ?? unreadable }
        guard errno == EWOULDBLOCK else { return .unknown("cannot lock '\(path)': \(systemMessage(errno))") }
        return read(descriptor).map { .held(by: $0) } ?? unreadable
    }

    /// SIGKILL to the process that holds the lock, and to no other that was given its number.
    ///
    /// - Returns: the process, `nil` where none was killed.
    func killHolder() -> pid_t? {
        guard case .held(let holder?) = state else { return nil }
        let descriptor = linux_pidfd_open(holder.processID)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        // It held the lock before and after the descriptor was made: the descriptor is its own.
        guard state == .held(by: holder), linux_pidfd_send_signal(descriptor, SIGKILL) == 0 else { return nil }
        return holder.processID
    }

    private var unreadable: State { .unknown("cannot read '\(path)'") }

    /// What stands in the file: outer `nil` where it could not be read, inner `nil` where it is empty.
    private func read(_ descriptor: Int32) -> Holder?? {
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        guard count >= 0 else { return .none }
        guard count > 0 else { return .some(nil) }
        let words = String(decoding: bytes.prefix(count), as: UTF8.self).split(whereSeparator: \.isWhitespace)
        guard words.count == 2, let process = pid_t(words[0]), process > 1, let began = Int64(words[1]) else {
            return .none
        }
        return .some(Holder(processID: process, began: Instant(nanoseconds: began)))
    }
}
