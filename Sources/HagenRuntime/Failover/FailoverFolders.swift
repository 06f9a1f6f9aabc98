internal import Glibc
internal import Hagen

/// Where the agent keeps what, in the folders that it is given.
struct FailoverFolders: Sendable {
    let runtime: String
    let state: String

    func socket(of cluster: String) -> String { SupervisorFiles.socket(of: cluster, in: runtime) }
    /// The socket of the keeper of a watchdog device. No cluster's name begins with a dot.
    func watchdog(_ device: String) -> String {
        "\(SupervisorFiles.folder(in: runtime))/.watchdog\(device.replacing("/", with: "-"))"
    }
    func roleFile(of cluster: String) -> String { "\(runtime)/roles/\(cluster).role" }
    func memoryFile(of cluster: String) -> String { "\(state)/lease-\(cluster).json" }
    func hookFile(of cluster: String) -> String { "\(state)/hooks-\(cluster).json" }
    func log(of cluster: String) -> String { "\(state)/\(cluster).log" }
    var events: String { "\(state)/events.jsonl" }

    /// - Parameter rolesForOthers: a workload that runs as another user has to reach its role file.
    /// - Throws: in words, where a folder cannot be made.
    func create(rolesForOthers: Bool) throws(EngineFailure) {
        try makeFolder(SupervisorFiles.folder(in: runtime), 0o700)
        try makeFolder(runtime + "/roles", 0o755)
        guard rolesForOthers else { return }
        var properties = stat()
        // Through, not into: only who knows a name may go on.
        guard stat(runtime, &properties) == 0, chmod(runtime, (properties.st_mode & 0o7777) | 0o011) == 0 else {
            throw EngineFailure("cannot open '\(runtime)' for the workloads' users: \(systemMessage(errno))")
        }
    }

    private func makeFolder(_ path: String, _ mode: mode_t) throws(EngineFailure) {
        // The process's mask may be narrower.
        guard mkdir(path, mode) == 0 || errno == EEXIST, chmod(path, mode) == 0 else {
            throw EngineFailure("cannot make the folder '\(path)': \(systemMessage(errno))")
        }
    }
}
