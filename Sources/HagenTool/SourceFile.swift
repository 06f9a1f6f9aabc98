internal import Foundation
internal import HagenCompiler
internal import HagenDeploy

/// Reads a source, and nothing but a file: the end of a pipe may never come, and a device has none.
enum SourceFile {
    /// One byte more than the front end takes, so that it is the one to say so.
    private static let longest = YAMLLimits().documentBytes + 1

    /// - Throws: `DeployError` where the path leads to no file, or to one that cannot be read.
    static func bytes(of path: String) throws -> [UInt8] {
        do throws(UnavailableSource) {
            return try contents(of: path)
        } catch {
            throw DeployError("'\(path)' \(error.reason)")
        }
    }

    /// - Throws: `UnavailableSource` with the reason, in words that follow the file's name.
    static func contents(of path: String) throws(UnavailableSource) -> [UInt8] {
        // The opening of a pipe would wait for somebody who writes into it.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw UnavailableSource("cannot be read: \(reason)") }
        defer { _ = close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw UnavailableSource("cannot be read: \(reason)") }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw UnavailableSource("is \(kind(status.st_mode)), and a topology is read from a file")
        }
        return try bytes(of: descriptor, expected: Int(clamping: status.st_size))
    }

    private static func bytes(of descriptor: Int32, expected: Int) throws(UnavailableSource) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(min(expected, longest))
        let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
        defer { chunk.deallocate() }
        while bytes.count < longest {
            let count = read(descriptor, chunk.baseAddress, min(chunk.count, longest - bytes.count))
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw UnavailableSource("cannot be read: \(reason)") }
            if count == 0 { break }
            bytes += chunk[..<count]
        }
        return bytes
    }

    private static var reason: String { String(cString: strerror(errno)) }

    private static func kind(_ mode: mode_t) -> String {
        switch mode & S_IFMT {
        case S_IFIFO: "a pipe"
        case S_IFDIR: "a folder"
        case S_IFSOCK: "a socket"
        case S_IFCHR, S_IFBLK: "a device"
        default: "no file"
        }
    }
}
