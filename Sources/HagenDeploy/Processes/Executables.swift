internal import Foundation

/// Finds programs as a shell would.
package enum Executables {
    /// The absolute path of a program in `PATH`; `nil` where there is none.
    package static func find(_ name: String, environment: [String: String]) -> String? {
        for folder in (environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin").split(separator: ":") {
            let path = "\(folder)/\(name)"
            if folder.hasPrefix("/"), isExecutableFile(path) { return path }
        }
        return nil
    }

    /// The path of the program that this process runs.
    package static func own() throws -> String {
        do {
            return try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        } catch {
            throw DeployError("cannot find out where this program lies: \(error.localizedDescription)")
        }
    }

    /// `hagend`: beside `hagen`, else in `PATH`.
    ///
    /// - Throws: `DeployError` when it is in neither.
    package static func daemon(environment: [String: String]) throws -> String {
        let beside = (try own() as NSString).deletingLastPathComponent + "/hagend"
        if isExecutableFile(beside) { return beside }
        if let found = find("hagend", environment: environment) { return found }
        throw DeployError(
            "'hagend', which runs the engines, is neither at '\(beside)' nor in PATH",
            advice: "Build it with 'swift build --product hagend'.")
    }

    private static func isExecutableFile(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && !isFolder.boolValue
            && access(path, X_OK) == 0
    }
}
