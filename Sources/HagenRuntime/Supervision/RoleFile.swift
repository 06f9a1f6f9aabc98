internal import Glibc
internal import HagenEngine

/// The file from which a hot standby learns what it is: `ROLE EPOCH` and a line's end.
enum RoleFile {
    /// Replaces the file at once: a reader sees the old line or the new one.
    static func write(_ role: MemberRole, epoch: UInt64, to path: String) throws(EngineFailure) {
        let temporary = path + ".new"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o644)
        guard descriptor >= 0 else {
            throw EngineFailure("cannot write the role file '\(temporary)': \(systemMessage(errno))")
        }
        let line = Array("\(role.rawValue) \(epoch)\n".utf8)
        let isWritten = Glibc.write(descriptor, line, line.count) == line.count
        fchmod(descriptor, 0o644)
        close(descriptor)
        guard isWritten, rename(temporary, path) == 0 else {
            throw EngineFailure("cannot write the role file '\(path)': \(systemMessage(errno))")
        }
    }
}
