internal import Foundation

/// Ends what a lab left behind, when its own `hagen up` cannot do it any more.
package enum LabCleanup {
    /// Kills every process that carries the lab's mark and removes its folders.
    ///
    /// - Throws: `DeployError` when processes are left that cannot be ended.
    package static func run(_ record: LabRecord, in folders: LabFolders) async throws {
        try await killProcesses(ofLab: record.identity)
        folders.remove(keepingState: record.keepsState)
    }

    static func killProcesses(ofLab identity: String) async throws {
        let left = await [MarkedProcess].killAll(within: .seconds(10)) { MarkedProcess.all(ofLab: identity) }
        guard left.isEmpty else {
            throw DeployError(
                "the processes \(left.map { String($0.processID) }.joined(separator: ", ")) of the lab do not end",
                advice: "They wait for the kernel, perhaps for a disk: see 'ps -o pid,stat,wchan,args'.")
        }
    }

    /// Waits until the descriptor's other end is closed, which happens when `hagen up` ends in whatever way, and cleans
    /// up if `hagen up` did not. The guard that `hagen up` starts beside itself runs this.
    package static func afterEnd(ofOwner descriptor: Int32, runtime: String, environment: [String: String]) async throws
    {
        _ = try await SystemCalls.blocking { SystemCalls.contents(of: descriptor, limit: 1) }
        let folders = try LabFolders(name: (runtime as NSString).lastPathComponent, environment: environment)
        guard folders.runtime == runtime else { throw DeployError("'\(runtime)' is not the folder of a lab") }
        let deadline = ContinuousClock.now + .seconds(10)
        while ContinuousClock.now < deadline {
            guard let record = LabRecord(at: folders.record) else { return }
            if let lock = LabLock(on: runtime) {
                try await run(record, in: folders)
                _ = consume lock
                return
            }
            try await Task.sleep(for: .milliseconds(10))
        }
    }
}
