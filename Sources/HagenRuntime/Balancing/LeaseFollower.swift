internal import Hagen
internal import Logging
internal import Synchronization

/// Keeps the judge informed of the leases in the store: reads them, watches them, and starts over after every error.
/// While the store cannot be reached nothing is told, and eligibility ends by itself.
struct LeaseFollower: Sendable {
    let store: any CoordinationStore
    /// Of all leases of the topology.
    let prefix: String
    let judge: BackendJudge
    let logger: Logger
    /// The longest lease duration: a watch that is silent for twice as long may be dead without an error.
    let patience: Duration

    private static let shortestPause = Duration.milliseconds(50)
    private static let longestPause = Duration.milliseconds(500)

    private final class LastHeard: Sendable {
        let instant = Mutex(ContinuousClock.now)
    }

    private struct WatchIsSilent: Error, CustomStringConvertible {
        var description: String { "the watch is silent" }
    }

    /// Runs until the task is cancelled.
    func run() async {
        var pause = Self.shortestPause
        var isReachable: Bool?
        while !Task.isCancelled {
            do {
                let sent = ContinuousClock.now
                let snapshot = try await withDeadline(.seconds(2)) { try await store.read(prefix: prefix) }
                if isReachable != true {
                    logger.info("the store is reached", metadata: ["store": "\(snapshot.storeID)"])
                }
                isReachable = true
                pause = Self.shortestPause
                await judge.leasesRead(snapshot, prefix: prefix, at: sent)
                try await watch(after: snapshot.revision)
            } catch is WatchIsSilent {
                continue
            } catch {
                guard !Task.isCancelled else { return }
                if isReachable != false {
                    logger.warning("the store is lost, trying again", metadata: ["error": "\(error)"])
                }
                isReachable = false
                try? await Task.sleep(for: pause * Double.random(in: 0.5..<1))
                pause = min(pause * 2, Self.longestPause)
            }
        }
    }

    private func watch(after revision: Int64) async throws {
        let heard = LastHeard()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for try await change in store.watch(prefix: prefix, after: revision) {
                    let now = ContinuousClock.now
                    heard.instant.withLock { $0 = now }
                    await judge.leaseChanged(change, prefix: prefix, at: now)
                }
            }
            group.addTask {
                while ContinuousClock.now < heard.instant.withLock({ $0 }) + patience * 2 {
                    try await Task.sleep(for: patience)
                }
                throw WatchIsSilent()
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }
}
