internal import Glibc

/// Keeps two engines from running with one runtime folder: a lock on a file there, which the kernel lets go of when the
/// process ends, however it ends.
struct EngineLock {
    private let descriptor: Int32

    /// - Throws: `EngineFailure` when another process holds it.
    init(in directory: String) throws(EngineFailure) {
        let path = directory + "/engine.lock"
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw EngineFailure("cannot open '\(path)': \(systemMessage(errno))") }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let reason =
                errno == EWOULDBLOCK
                ? "another engine runs with this folder" : "cannot be locked: \(systemMessage(errno))"
            close(descriptor)
            throw EngineFailure("'\(path)': \(reason)")
        }
    }

    /// The file stays: removing it would let a third process lock a new one beside a waiting second.
    func release() { close(descriptor) }
}
