internal import Foundation
package import Hagen

/// A release on disk: written as a whole or not at all.
package struct ReleaseFolder: Sendable {
    /// The file that says that a folder is a release of ours, and so may be replaced.
    static let mark = "release.json"

    private let path: String
    package init(path: String) { self.path = URL(fileURLWithPath: path).standardizedFileURL.path }

    /// Writes the files into a folder beside the wanted one and then puts it in its place.
    ///
    /// - Throws: `DeployError` when the wanted one holds anything that is not a release, or cannot be written.
    package func write(_ files: [OutputFile]) throws {
        let manager = FileManager.default
        try refuseForeignContents()
        let sibling = path + ".writing-\(getpid())"
        do {
            defer { try? manager.removeItem(atPath: sibling) }
            for file in files {
                precondition(!file.path.hasPrefix("/") && !file.path.split(separator: "/").contains(".."), file.path)
                let url = URL(fileURLWithPath: sibling).appending(path: file.path)
                try manager.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
                try Data(file.contents.utf8).write(to: url)
            }
            try replace(with: sibling)
        } catch let error as DeployError {
            throw error
        } catch {
            throw DeployError("cannot write the release to '\(path)': \(error.localizedDescription)")
        }
    }

    private func refuseForeignContents() throws {
        let manager = FileManager.default
        var isFolder: ObjCBool = false
        guard manager.fileExists(atPath: path, isDirectory: &isFolder) else { return }
        guard isFolder.boolValue else {
            throw DeployError("'\(path)' is a file", advice: "Name a folder that is not there yet.")
        }
        let contents = try? manager.contentsOfDirectory(atPath: path)
        guard contents == [] || contents?.contains(Self.mark) == true else {
            throw DeployError(
                "'\(path)' holds something that is not a release", advice: "Name another folder, or empty this one.")
        }
    }

    /// Exchanges both names where one is there already, so that a reader sees the old release or the new one.
    private func replace(with sibling: String) throws {
        if rename(sibling, path) == 0 { return }
        guard errno == ENOTEMPTY || errno == EEXIST else {
            throw DeployError("cannot put the release at '\(path)': \(SystemCalls.lastError)")
        }
        let old = path + ".old-\(getpid())"
        guard rename(path, old) == 0 else {
            throw DeployError("cannot put '\(path)' aside: \(SystemCalls.lastError)")
        }
        guard rename(sibling, path) == 0 else {
            let reason = SystemCalls.lastError
            rename(old, path)
            throw DeployError("cannot put the release at '\(path)': \(reason)")
        }
        try? FileManager.default.removeItem(atPath: old)
    }
}
