internal import Glibc
internal import Hagen

/// The folders that an engine is given by its environment, checked before anything is put there.
struct EngineDirectories: Equatable {
    let runtime: String
    let state: String
    let credentials: String?

    /// - Throws: `EngineFailure` of kind `.configuration` that names the variable, the folder and what is wrong.
    init(environment: [String: String]) throws(EngineFailure) {
        runtime = try Self.own(EngineEnvironment.runtimeDirectory, in: environment)
        state = try Self.own(EngineEnvironment.stateDirectory, in: environment)
        credentials = try Self.credentials(in: environment)
    }

    private static func own(_ variable: String, in environment: [String: String]) throws(EngineFailure) -> String {
        func wrong(_ reason: String) -> EngineFailure { EngineFailure("\(variable) \(reason)", kind: .configuration) }
        guard let path = first(environment[variable]) else {
            throw wrong(
                "is not set: it names the engine's own folder; systemd sets it from the unit, \(hint(variable))")
        }
        let properties = try folder(path, variable)
        guard properties.st_uid == geteuid() else {
            throw wrong("names '\(path)', which belongs to user \(properties.st_uid), but hagend runs as \(geteuid())")
        }
        guard properties.st_mode & 0o002 == 0 else { throw wrong("names '\(path)', where anyone may write") }
        guard access(path, W_OK | X_OK) == 0 else {
            throw wrong("names '\(path)', where hagend may not write: \(systemMessage(errno))")
        }
        return path
    }

    private static func credentials(in environment: [String: String]) throws(EngineFailure) -> String? {
        let variable = EngineEnvironment.credentialsDirectory
        guard let path = first(environment[variable]) else { return nil }
        _ = try folder(path, variable)
        guard access(path, R_OK | X_OK) == 0 else {
            throw EngineFailure(
                "\(variable) names '\(path)', which hagend may not read: \(systemMessage(errno))", kind: .configuration)
        }
        return path
    }

    private static func folder(_ path: String, _ variable: String) throws(EngineFailure) -> stat {
        func wrong(_ reason: String) -> EngineFailure {
            EngineFailure("\(variable) names '\(path)', which \(reason)", kind: .configuration)
        }
        guard path.hasPrefix("/") else { throw wrong("is not an absolute path") }
        var properties = stat()
        guard stat(path, &properties) == 0 else { throw wrong("cannot be used: \(systemMessage(errno))") }
        guard properties.st_mode & S_IFMT == S_IFDIR else { throw wrong("is not a folder") }
        return properties
    }

    /// systemd gives several folders separated by colons where a unit names several; the first is the engine's own.
    private static func first(_ value: String?) -> String? {
        guard let path = value?.split(separator: ":").first else { return nil }
        return path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : String(path)
    }

    private static func hint(_ variable: String) -> String {
        "by hand write \(variable)=/some/folder hagend …"
    }
}
