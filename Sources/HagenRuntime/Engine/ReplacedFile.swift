internal import Glibc

/// Writes a file at once: a reader sees what was there before or all of what is new, also where the writer is killed.
enum ReplacedFile {
    /// - Parameters:
    ///   - mode: as it is, whatever the mask of this process.
    ///   - isDurable: returns once what is new would survive a power cut, which means to wait for the disk; otherwise it
    ///     survives processes, not the host.
    /// - Throws: in words.
    static func write(
        _ bytes: [UInt8], to path: String, mode: mode_t = 0o600, isDurable: Bool
    ) throws(EngineFailure) {
        let temporary = path + ".new"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode)
        guard descriptor >= 0 else { throw EngineFailure("cannot write '\(temporary)': \(systemMessage(errno))") }
        fchmod(descriptor, mode)
        let isWritten = writeAll(bytes, to: descriptor) && (!isDurable || fsync(descriptor) == 0)
        let problem = errno
        close(descriptor)
        guard isWritten else { throw EngineFailure("cannot write '\(temporary)': \(systemMessage(problem))") }
        guard rename(temporary, path) == 0 else {
            throw EngineFailure("cannot replace '\(path)': \(systemMessage(errno))")
        }
        if isDurable { try makeFolderDurable(of: path) }
    }

    private static func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    /// The new name stands in the folder, which has a disk block of its own.
    private static func makeFolderDurable(of path: String) throws(EngineFailure) {
        let name = path.lastIndex(of: "/").map { path[...$0] } ?? "."
        let folder = open(String(name), O_RDONLY | O_CLOEXEC)
        guard folder >= 0 else { throw EngineFailure("cannot open the folder of '\(path)': \(systemMessage(errno))") }
        defer { close(folder) }
        guard fsync(folder) == 0 else {
            throw EngineFailure("cannot make the folder of '\(path)' durable: \(systemMessage(errno))")
        }
    }
}
