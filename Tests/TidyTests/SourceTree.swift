import Foundation

/// A text file of the repository.
struct TextFile: Sendable {
    /// Relative to the repository, with `/`.
    let path: String
    let text: String
    let lines: [Substring]
    /// The lines of Swift source with comments and literals blanked; of other text the lines as they are.
    let code: [String]

    init(path: String, text: String) {
        self.path = path
        self.text = text
        lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        code = path.hasSuffix(".swift") ? SwiftText.code(text) : lines.map(String.init)
    }

    /// `Sources/NAME/…` gives `NAME`.
    var target: Substring? {
        let parts = path.split(separator: "/")
        return parts.count > 2 && (parts[0] == "Sources" || parts[0] == "Plugins") ? parts[1] : nil
    }
}

/// One place that breaks a rule of the house, and how.
struct Finding: Equatable, CustomStringConvertible {
    let path: String
    var line: Int?
    let message: String

    var description: String { path + (line.map { ":\($0)" } ?? "") + ": " + message }
}

/// The files that belong to the repository: what is hidden, built or fetched is left out.
enum SourceTree {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// Everything at the top level, dot files left out.
    static let topLevel: [String] = names(in: "").sorted()

    /// All files and folders, relative to the repository, sorted; folders end with `/`.
    static let paths: [String] = topLevel.flatMap { walk($0) }.sorted()

    /// All that is text.
    static let all: [TextFile] = paths.filter { !$0.hasSuffix("/") }.compactMap { path in
        guard let text = try? String(contentsOf: root.appending(path: path), encoding: .utf8) else { return nil }
        return TextFile(path: path, text: text)
    }

    static let swift: [TextFile] = all.filter { $0.path.hasSuffix(".swift") }

    static func swift(in folder: String) -> [TextFile] { swift.filter { $0.path.hasPrefix(folder) } }

    private static func names(in folder: String) -> [String] {
        let url = folder.isEmpty ? root : root.appending(path: folder)
        let names = (try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []
        return names.filter { !$0.hasPrefix(".") && $0 != "__pycache__" && $0 != "Package.resolved" }
    }

    private static func walk(_ path: String) -> [String] {
        let attributes = try? FileManager.default.attributesOfItem(atPath: root.appending(path: path).path)
        switch attributes?[.type] as? FileAttributeType {
        case .typeDirectory: return [path + "/"] + names(in: path).flatMap { walk(path + "/" + $0) }
        case .typeRegular: return [path]
        default: return []
        }
    }
}
