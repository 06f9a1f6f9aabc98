internal import FoundationEssentials
internal import HagenEngine
internal import NIOPosix

/// Where one host keeps what it remembers of one lease, across restarts and power cuts.
///
/// The person's way out of a hold (a store that lost some of its past, or was lost for good), in this order: see that the
/// store is the right one and what it lost; stop the agents of all hosts of the cluster; see that no workload of it runs
/// on any of them, those that cannot be reached included; remove this file on each; start the agents again. A hold for a
/// store that went back stands in this file and outlives the agent.
struct LeaseMemoryFile: Sendable {
    private static let maximumByteCount = 64 << 10
    let path: String

    private struct Contents: Codable {
        var version = 1
        var memory: LeaseMemory
    }

    /// - Returns: `nil` where the host never saw the lease.
    /// - Throws: in words, where something lies there that cannot be read: it must not be taken for nothing.
    func read() throws(EngineFailure) -> LeaseMemory? {
        guard let bytes = try SmallFile.bytes(at: path, limit: Self.maximumByteCount) else { return nil }
        do {
            return try JSONDecoder().decode(Contents.self, from: Data(bytes)).memory
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
        let bytes = Array(try JSONEncoder().encode(Contents(memory: memory))) + [UInt8(ascii: "\n")]
        try await Self.thread.runIfActive { try ReplacedFile.write(bytes, to: path, isDurable: true) }
    }
}
