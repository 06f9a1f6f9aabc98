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
        if (try? await LabClient.send(.stop, to: folders)) != nil {
            let deadline = ContinuousClock.now + .seconds(60)
            while ContinuousClock.now < deadline {
                if LabRecord(at: folders.record)?.identity != record.identity { return }
                try await Task.sleep(for: .milliseconds(50))
            }
        }
        // The lock is held, so the process with that id is still the one that wrote the record.
        progress("hagen up (process \(record.processID)) does not react: killing it")
        kill(record.processID, SIGKILL)
        try await LabCleanup.run(record, in: folders)
    }
}
