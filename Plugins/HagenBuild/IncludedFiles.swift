import Foundation

/// The files that topologies can be made of.
enum IncludedFiles {
    /// The topologies, all YAML below the folder, and the files elsewhere that any of these names in `include:` or
    /// `base:`. Each exists, and is named once.
    static func all(of topologies: [URL], below folder: URL) -> [URL] {
        var found: [String: URL] = [:]
        var waiting = topologies + yaml(below: folder)
        while let file = waiting.popLast() {
            let file = file.standardizedFileURL
            guard found[file.path] == nil, isFile(file) else { continue }
            found[file.path] = file
            guard let text = try? String(contentsOf: file, encoding: .utf8) else { continue }
            let base = file.deletingLastPathComponent()
            waiting += paths(in: text).map { URL(filePath: $0, relativeTo: base).absoluteURL }
        }
        return found.values.sorted { $0.path < $1.path }
    }

    private static func yaml(below folder: URL) -> [URL] {
        let files = FileManager.default.enumerator(
            at: folder, includingPropertiesForKeys: nil, options: [.skipsHiddenFiles])
        return (files?.allObjects ?? []).compactMap { $0 as? URL }
            .filter { ["yaml", "yml"].contains($0.pathExtension) }
    }

    private static func isFile(_ url: URL) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) && !isFolder.boolValue
    }

    /// What stands under the keys `include` and `base` of the root, in one line or several, with or without quotes.
    static func paths(in text: String) -> [String] {
        var paths: [String] = []
        var isListening = false
        for line in text.split(whereSeparator: \.isNewline) {
            var rest = line[...]
            if let first = line.first, !first.isWhitespace, !"-#]".contains(first) {
                let key = line.prefix { $0 != ":" }.trimmingCharacters(in: quotes)
                isListening = ["include", "base"].contains(key)
                rest = line.drop { $0 != ":" }.dropFirst()
            }
            guard isListening else { continue }
            if let comment = rest.firstRange(of: /(^|\s)#/) { rest = rest[..<comment.lowerBound] }
            for item in rest.split(whereSeparator: { "[],".contains($0) }) {
                let words = item.trimmingCharacters(in: .whitespaces)
                let path = (words.hasPrefix("- ") ? String(words.dropFirst(2)) : words).trimmingCharacters(in: quotes)
                if !path.isEmpty, path != "-" { paths.append(path) }
            }
        }
        return paths
    }

    private static let quotes = CharacterSet(charactersIn: "\"' \t")
}
