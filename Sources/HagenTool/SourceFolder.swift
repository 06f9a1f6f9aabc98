internal import Foundation
internal import HagenCompiler

/// Reads the files of a topology in YAML for the front end.
///
/// In a repository (the nearest folder above with a `.git`) nothing outside of it is read, whatever `..` and symbolic
/// links lead to: what is in a repository may come from anybody, and a finding shows lines of what it finds fault with.
struct SourceFolder {
    /// With a slash at its end; `nil` outside of repositories, where files from anywhere are read.
    private let repository: String?

    /// - Parameter file: The topology's own, which is always read.
    init(of file: String) {
        let folder = URL(fileURLWithPath: file).resolvingSymlinksInPath().deletingLastPathComponent()
        repository = Self.repository(around: folder).map { $0.path.hasSuffix("/") ? $0.path : $0.path + "/" }
    }

    private static func repository(around folder: URL) -> URL? {
        var folder = folder
        while true {
            if FileManager.default.fileExists(atPath: folder.appendingPathComponent(".git").path) { return folder }
            let parent = folder.deletingLastPathComponent()
            guard parent.path != folder.path, folder.path != "/" else { return nil }
            folder = parent
        }
    }

    /// Reads a file by the name that diagnostics show, which is relative to the working directory or absolute.
    func load(_ name: String) -> Result<Source, UnavailableSource> {
        let file = URL(fileURLWithPath: name).resolvingSymlinksInPath()
        if let repository, !file.path.hasPrefix(repository) {
            return .failure(UnavailableSource("lies outside of the repository '\(repository)'"))
        }
        do throws(UnavailableSource) {
            return .success(Source(name: name, bytes: try SourceFile.contents(of: file.path)))
        } catch {
            return .failure(error)
        }
    }
}
