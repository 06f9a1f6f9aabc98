internal import CLinux
internal import Foundation

/// Ends a lab from outside: `hagen down`.
package enum LabShutdown {
    /// Asks the lab's `hagen up` to stop and waits until it has; cleans up itself where that is dead or does not react.
    ///
    /// - Throws: `DeployError` when processes stay that cannot be ended.
    package static func run(
        _ record: LabRecord, in folders: LabFolders, progress: @Sendable (String) -> Void
    ) async throws {
        if let lock = LabLock(on: folders.runtime) {
            progress("hagen up is gone: cleaning up after it")
            try await LabCleanup.run(record, in: folders)
            _ = consume lock
            return
        }
        let owner = linux_pidfd_open(record.processID)
        defer { if owner >= 0 { _ = close(owner) } }
        if (try? await LabClient.send(.stop, to: folders)) != nil {
            let hasEnded = try await SystemCalls.blocking {
                var ending = pollfd(fd: owner, events: Int16(POLLIN), revents: 0)
                return poll(&ending, 1, 60_000) > 0
            }
            if hasEnded { return }
        }
        // The lock is held, so the process with that id is still the one that wrote the record.
        progress("hagen up (process \(record.processID)) does not react: killing it")
        if owner >= 0 { _ = linux_pidfd_send_signal(owner, SIGKILL) }
        try await LabCleanup.run(record, in: folders)
    }
}
