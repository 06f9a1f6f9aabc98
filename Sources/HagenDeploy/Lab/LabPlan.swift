internal import Foundation
package import Hagen

/// Everything that a lab is started with.
package struct LabPlan: Sendable {
    package var release: Release
    /// The release as files.
    package var files: [OutputFile]
    /// Of the topology; the engines' and so the workloads' working directory.
    package var topologyFolder: String
    /// The path of `hagend`.
    package var daemon: String
    /// The command of the guard, which cleans up when `hagen up` is killed; it reads from its standard input. `nil`: none.
    package var guardCommand: [String]?
    /// What the engines inherit.
    package var environment: [String: String]
    package var credentialsFolder: String?
    package var keepsState: Bool

    package init(
        release: Release, files: [OutputFile], topologyFolder: String, daemon: String, guardCommand: [String]?,
        environment: [String: String], credentialsFolder: String?, keepsState: Bool
    ) {
        self.release = release
        self.files = files
        self.topologyFolder = topologyFolder
        self.daemon = daemon
        self.guardCommand = guardCommand
        self.environment = environment
        self.credentialsFolder = credentialsFolder
        self.keepsState = keepsState
    }

    /// Longer than any agent needs that stops its workloads in order.
    var stopTimeout: Duration { release.hosts.compactMap { $0.failover?.maximumStopTime }.max() ?? .seconds(3) }

    func writeFiles(to folder: String) throws {
        do {
            // What an earlier release had and this one has not must not stay.
            if FileManager.default.fileExists(atPath: folder) { try FileManager.default.removeItem(atPath: folder) }
            for file in files {
                let url = URL(fileURLWithPath: folder).appending(path: file.path)
                try FileManager.default.createDirectory(
                    at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
                try Data(file.contents.utf8).write(to: url)
            }
        } catch {
            throw DeployError("cannot write the release to '\(folder)': \(error.localizedDescription)")
        }
    }

    /// How an engine is started: what systemd would give it, and the lab's mark.
    func specification(
        of engine: LabEngine, configuration: String, folders: LabFolders, identity: String, log: Int32
    ) -> ChildProcess.Specification {
        var environment = environment
        environment[EngineEnvironment.runtimeDirectory] = folders.runtime(of: engine)
        environment[EngineEnvironment.stateDirectory] = folders.state(of: engine)
        environment[EngineEnvironment.credentialsDirectory] = credentialsFolder
        environment[EngineEnvironment.labHost] = "\(folders.name)/\(engine.host)"
        environment[EngineEnvironment.labIdentity] = identity
        environment["NOTIFY_SOCKET"] = folders.notifySocket(of: engine)
        environment["WATCHDOG_USEC"] = nil
        environment["WATCHDOG_PID"] = nil
        environment["LISTEN_FDS"] = nil
        environment["LISTEN_PID"] = nil
        // The backtracer of a process that is made to crash would keep it from ending for minutes.
        environment["SWIFT_BACKTRACE"] = environment["SWIFT_BACKTRACE"] ?? "enable=no"
        return ChildProcess.Specification(
            executable: daemon,
            arguments: [engine.engine.rawValue, "--configuration", folders.release + "/" + configuration],
            environment: environment, folder: topologyFolder, descriptors: [1: log, 2: log], ownSession: true)
    }
}
