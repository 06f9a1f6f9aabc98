internal import FoundationEssentials
internal import Glibc
internal import HagenEngine
internal import NIOPosix

/// Where one host keeps what it remembers of one lease, across restarts and power cuts.
///
/// The person's way out of a hold (a store that lost some of its past, or was lost for good), in this order: see that the
/// store is the right one and what it lost; stop the agents of all hosts of the cluster; see that no workload of it runs
/// on any of them, those that cannot be reached included; remove this file on each; start the agents again. A hold for a
/// store that went back stands in this file and outlives the agent.
struct LeaseMemoryFile: Sendable {
    let path: String

    private struct Contents: Codable {
        var version = 1
        var memory: LeaseMemory
    }

    /// - Returns: `nil` where the host never saw the lease.
    /// - Throws: in words, where something lies there that cannot be read: it must not be taken for nothing.
    func read() throws(EngineFailure) -> LeaseMemory? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw EngineFailure("cannot read '\(path)': \(systemMessage(errno))")
        }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = Glibc.read(descriptor, &bytes, bytes.count)
        guard count >= 0 else { throw EngineFailure("cannot read '\(path)': \(systemMessage(errno))") }
        do {
            return try JSONDecoder().decode(Contents.self, from: Data(bytes.prefix(count))).memory
        } catch {
            throw EngineFailure(
                "'\(path)' does not hold what this host remembers of a lease. Restore it; or, when no host of the cluster runs, remove it on all of them"
            )
        }
    }

    /// Of its own, so that nothing that hangs elsewhere, a look-up of a user or a file of /proc, keeps a member from acting.
    private static let thread: NIOThreadPool = {
        let thread = NIOThreadPool(numberOfThreads: 1)
        thread.start()
        return thread
    }()

    /// Returns once the memory would survive a power cut. Waits on a thread that is there for waiting on disks.
    func write(_ memory: LeaseMemory) async throws {
        try await Self.thread.runIfActive { try replace(with: memory) }
    }

    private func replace(with memory: LeaseMemory) throws {
        let bytes = Array(try JSONEncoder().encode(Contents(memory: memory))) + [UInt8(ascii: "\n")]
        let temporary = path + ".new"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw EngineFailure("cannot write '\(temporary)': \(systemMessage(errno))") }
        let isWritten = Glibc.write(descriptor, bytes, bytes.count) == bytes.count && fsync(descriptor) == 0
        let problem = errno
        close(descriptor)
        guard isWritten else { throw EngineFailure("cannot write '\(temporary)': \(systemMessage(problem))") }
        guard rename(temporary, path) == 0 else {
            throw EngineFailure("cannot replace '\(path)': \(systemMessage(errno))")
        }
        let folder = open(
            path.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 } + "/", O_RDONLY | O_CLOEXEC)
        guard folder >= 0 else { throw EngineFailure("cannot open the folder of '\(path)': \(systemMessage(errno))") }
        defer { close(folder) }
        guard fsync(folder) == 0 else {
            throw EngineFailure("cannot make the folder of '\(path)' durable: \(systemMessage(errno))")
        }
    }
}
