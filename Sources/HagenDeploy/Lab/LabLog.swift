internal import Foundation

/// The log file of one engine. The engine appends to it by itself, so that it never waits for the lab; the lab keeps
/// it from growing without bounds.
package struct LabLog: Sendable {
    /// Beyond this the file is emptied, and what stood in it is kept beside it as `….log.1`.
    static let limit = 8 << 20

    package let path: String
    package init(path: String) { self.path = path }

    /// A descriptor to append to, which the caller closes.
    func openForAppending() throws -> Int32 {
        let descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw DeployError("cannot write '\(path)': \(SystemCalls.lastError)") }
        return descriptor
    }

    /// Emptied in place, because the engine has it open. What is written between the copy and the emptying is lost.
    func bound() {
        var found = stat()
        guard stat(path, &found) == 0, found.st_size > Self.limit else { return }
        guard let bytes = SystemCalls.contents(of: path, limit: Self.limit) else { return }
        _ = FileManager.default.createFile(atPath: path + ".1", contents: Data(bytes))
        truncate(path, 0)
    }

    /// The last lines, at most that many.
    package func tail(lines: Int) -> [String] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return [] }
        defer { _ = close(descriptor) }
        let size = lseek(descriptor, 0, SEEK_END)
        lseek(descriptor, max(0, size - 64 * 1024), SEEK_SET)
        let bytes = SystemCalls.contents(of: descriptor, limit: 64 * 1024) ?? []
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").suffix(lines).map(String.init)
    }
}
