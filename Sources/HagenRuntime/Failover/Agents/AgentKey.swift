internal import FoundationEssentials
internal import Glibc
internal import Hagen

/// The key that the agents of a topology share, from the folder of credentials.
enum AgentKey {
    static let leastByteCount = 32
    static let mostByteCount = 4096

    /// - Returns: the file's bytes, without the line's end after them.
    /// - Throws: `EngineFailure` of kind `.configuration` that names the file and says what to do.
    static func read(_ name: String, in folder: String?) throws(EngineFailure) -> [UInt8] {
        func wrong(_ reason: String) -> EngineFailure {
            EngineFailure(
                "the agents' key '\(name)' \(reason); write one key, the same on every host of the topology, to the "
                    + "credential of that name: openssl rand -hex 32", kind: .configuration)
        }
        guard let folder else {
            throw wrong("is not there: \(EngineEnvironment.credentialsDirectory) names no folder of credentials")
        }
        let path = "\(folder)/\(name)"
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw wrong("cannot be read from '\(path)': \(systemMessage(errno))") }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: mostByteCount + 1)
        let count = Glibc.read(descriptor, &bytes, bytes.count)
        guard count >= 0 else { throw wrong("cannot be read from '\(path)': \(systemMessage(errno))") }
        guard count <= mostByteCount else { throw wrong("in '\(path)' has more than \(mostByteCount) bytes") }
        bytes.removeLast(bytes.count - count)
        while let last = bytes.last, last == UInt8(ascii: "\n") || last == UInt8(ascii: "\r") { bytes.removeLast() }
        guard bytes.count >= leastByteCount else {
            throw wrong("in '\(path)' has \(bytes.count) bytes, at least \(leastByteCount) are needed")
        }
        return bytes
    }
}
