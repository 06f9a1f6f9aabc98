internal import FoundationEssentials
internal import Glibc
internal import Hagen

/// A release on disk: written beside its place, then put there as a whole. What is no release is never replaced.
struct ReleaseFolder {
    let path: String

    func write(_ files: [OutputFile]) throws(Refusal) {
        let manager = FileManager.default
        if let contents = try? manager.contentsOfDirectory(atPath: path) {
            guard contents.isEmpty || contents.contains("release.json") else {
                throw Refusal("'\(path)' holds something that is not a release: name another folder")
            }
        } else if manager.fileExists(atPath: path) {
            throw Refusal("'\(path)' is a file: name a folder")
        }
        let (new, old) = (path + ".writing-\(getpid())", path + ".old-\(getpid())")
        defer {
            for leftover in [new, old] { try? manager.removeItem(atPath: leftover) }
        }
        do {
            for file in files {
                let url = URL(filePath: new).appending(path: file.path)
                try manager.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
                try Data(file.contents.utf8).write(to: url)
            }
            if manager.fileExists(atPath: path) { try manager.moveItem(atPath: path, toPath: old) }
            try manager.moveItem(atPath: new, toPath: path)
        } catch {
            throw Refusal("cannot write the release to '\(path)': \(error)")
        }
    }
}
