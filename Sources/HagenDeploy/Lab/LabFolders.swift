internal import Foundation
internal import Hagen

/// Where a lab keeps what it needs while it runs.
///
///     RUNTIME/lab.json                       what a later command must know: `LabRecord`
///     RUNTIME/lab.sock                       where `hagen fault` and `hagen down` ask
///     RUNTIME/hosts/HOST/ENGINE/             the engine's own runtime folder, with its control socket
///     STATE/release/                         the release as files
///     STATE/logs/HOST-ENGINE.log             what the engines and their workloads say
///     STATE/hosts/HOST/ENGINE/               the engine's own state folder
///
/// RUNTIME is short, because the path of a socket may have 107 bytes: `$XDG_RUNTIME_DIR/hagen/NAME`, else
/// `/tmp/hagen-UID/NAME`. STATE is on a disk: `$XDG_STATE_HOME/hagen/NAME`, else `~/.local/state/hagen/NAME`.
package struct LabFolders: Equatable, Sendable {
    /// The lab's name, which is its topology's.
    package let name: String
    package let runtime: String
    package let state: String

    package var record: String { runtime + "/lab.json" }
    package var controlSocket: String { runtime + "/lab.sock" }
    package var release: String { state + "/release" }
    package var logs: String { state + "/logs" }

    package func runtime(of engine: LabEngine) -> String { runtime + "/hosts/\(engine.host)/\(engine.engine.rawValue)" }
    package func state(of engine: LabEngine) -> String { state + "/hosts/\(engine.host)/\(engine.engine.rawValue)" }
    package func log(of engine: LabEngine) -> String { logs + "/\(engine.host)-\(engine.engine.rawValue).log" }
    package func notifySocket(of engine: LabEngine) -> String { runtime(of: engine) + "/notify.sock" }

    /// - Throws: `DeployError` when the name cannot be a folder's.
    package init(name: String, environment: [String: String]) throws {
        guard !name.isEmpty, !name.contains("/"), !name.hasPrefix("."), !name.utf8.contains(0) else {
            throw DeployError("'\(name)' cannot name a lab: it would be the name of a folder")
        }
        self.name = name
        runtime = Self.runtimeBase(environment) + "/" + name
        state = Self.stateBase(environment) + "/" + name
    }

    /// The folder of every lab that this user runs.
    package static func runtimeBase(_ environment: [String: String]) -> String {
        if let folder = environment["XDG_RUNTIME_DIR"], folder.hasPrefix("/") { return folder + "/hagen" }
        return "/tmp/hagen-\(getuid())"
    }

    private static func stateBase(_ environment: [String: String]) -> String {
        if let folder = environment["XDG_STATE_HOME"], folder.hasPrefix("/") { return folder + "/hagen" }
        if let home = environment["HOME"], home.hasPrefix("/"), home != "/" { return home + "/.local/state/hagen" }
        return "/var/tmp/hagen-\(getuid())"
    }

    /// Makes both folders, for this user alone.
    ///
    /// - Throws: `DeployError` when one is there and belongs to somebody else, as in a /tmp that many people share.
    package func create() throws {
        for folder in [runtime, state] {
            let parent = (folder as NSString).deletingLastPathComponent
            let above = (parent as NSString).deletingLastPathComponent
            try? FileManager.default.createDirectory(atPath: above, withIntermediateDirectories: true)
            try Self.makePrivate(parent)
            try Self.makePrivate(folder)
        }
    }

    /// Makes the folders of one engine.
    package func create(for engine: LabEngine) throws {
        let longest = runtime(of: engine) + "/notify.sock"
        guard longest.utf8.count <= LineSocket.longestPath else {
            throw DeployError(
                "the path of a socket may have \(LineSocket.longestPath) bytes, and '\(longest)' has "
                    + "\(longest.utf8.count)",
                advice: "Set XDG_RUNTIME_DIR to a shorter path, or shorten the names of the topology and its hosts.")
        }
        for folder in [runtime(of: engine), state(of: engine), logs] {
            do {
                try FileManager.default.createDirectory(
                    atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            } catch {
                throw DeployError("cannot make the folder '\(folder)': \(error.localizedDescription)")
            }
        }
    }

    private static func makePrivate(_ folder: String) throws {
        if mkdir(folder, 0o700) != 0, errno != EEXIST {
            throw DeployError("cannot make the folder '\(folder)': \(SystemCalls.lastError)")
        }
        var found = stat()
        guard lstat(folder, &found) == 0 else {
            throw DeployError("cannot look at the folder '\(folder)': \(SystemCalls.lastError)")
        }
        guard found.st_mode & S_IFMT == S_IFDIR, found.st_uid == getuid(), found.st_mode & 0o022 == 0 else {
            throw DeployError(
                "'\(folder)' is not a folder of yours that nobody else may write to",
                advice: "Look at it with 'ls -ld', and remove it if it is not needed.")
        }
    }

    /// Removes what the lab left, the record of it last, and the folders around where they are empty now.
    package func remove(keepingState: Bool) {
        for folder in keepingState ? [runtime] : [state, runtime] {
            try? FileManager.default.removeItem(atPath: folder)
            rmdir((folder as NSString).deletingLastPathComponent)
        }
    }
}
