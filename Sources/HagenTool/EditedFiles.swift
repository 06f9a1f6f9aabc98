internal import Foundation
internal import HagenCompiler
internal import HagenDeploy

/// Writes edited sources over the files that they were read from.
///
/// A file is replaced in one step by a finished one beside it, so that whoever reads it sees the old text or the new
/// one. It keeps its permissions; a link stays a link, and what it leads to is replaced.
enum EditedFiles {
    /// - Parameter originals: as they were read, in the same order.
    /// - Throws: `DeployError` when a file has changed since it was read or cannot be written.
    static func write(_ sources: [Source], over originals: [Source]) throws {
        let changed = zip(sources, originals).filter { $0 != $1 }
        var finished: [(temporary: String, path: String)] = []
        defer { for file in finished { _ = unlink(file.temporary) } }
        for (source, original) in changed {
            let path = URL(fileURLWithPath: source.name).resolvingSymlinksInPath().path
            let temporary = path + ".fixed-\(getpid())"
            finished.append((temporary, path))
            try write(source, to: temporary, like: path)
            guard let now = FileManager.default.contents(atPath: path), Array(now) == original.fileBytes else {
                throw DeployError("'\(source.name)' has changed while it was fixed: nothing is written, try again")
            }
        }
        for file in finished where rename(file.temporary, file.path) != 0 {
            throw DeployError("cannot replace '\(file.path)': \(String(cString: strerror(errno)))")
        }
    }

    private static func write(_ source: Source, to temporary: String, like path: String) throws {
        do {
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
            try Data(source.fileBytes).write(to: URL(fileURLWithPath: temporary), options: .withoutOverwriting)
            if let mode { try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: temporary) }
            let handle = try FileHandle(forUpdating: URL(fileURLWithPath: temporary))
            try handle.synchronize()
            try handle.close()
        } catch {
            throw DeployError("cannot write '\(source.name)': \(error.localizedDescription)")
        }
    }
}
