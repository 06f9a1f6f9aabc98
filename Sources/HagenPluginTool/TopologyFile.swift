internal import FoundationEssentials
internal import Hagen
internal import HagenCompiler

/// A topology's file, read with what it is made of.
struct TopologyFile {
    let path: String
    let topology: Topology?
    /// Of the front end alone; the rules have not run yet.
    let diagnostics: [Diagnostic]
    /// In the order in which they were asked for, the file itself first; empty where that cannot be read.
    let sources: [Source]

    /// Larger than what the front end takes, so that it is the one to say so.
    private static let longestSource = 32 << 20

    /// - Parameters:
    ///   - path: Absolute.
    ///   - watched: The files that may be read besides; `nil`: all.
    init(_ path: String, watched: Set<String>? = nil) {
        self.path = path
        let reading = YAMLFrontEnd.readForRules(path) { name in
            let source = Self.source(name)
            guard case .success = source, let watched, name != path, !watched.contains(name) else { return source }
            // An edit of it would not be noticed.
            return .failure(
                UnavailableSource("was not there when the build was planned: 'touch Package.swift' plans it anew"))
        }
        (topology, diagnostics, sources) = (reading.topology, reading.diagnostics, reading.sources)
    }

    /// The release and all that was found on the way to it.
    func compile() -> (release: Release?, diagnostics: [Diagnostic]) {
        guard let topology else { return (nil, diagnostics) }
        let (release, found) = Compiler.compile(topology, placement: .declared)
        return (diagnostics.hasErrors ? nil : release, (diagnostics + found).ordered)
    }

    /// What can be said of it, and all that was found: also where an engine is missing for a part of it.
    func overview() -> (overview: TopologyOverview?, diagnostics: [Diagnostic]) {
        guard let topology else { return (nil, diagnostics) }
        let found = (diagnostics + Compiler.check(topology, placement: .declared)).ordered
        return (TopologyOverview(topology, diagnostics: found, placement: .declared), found)
    }

    private static func source(_ name: String) -> Result<Source, UnavailableSource> {
        let manager = FileManager.default
        // A pipe or a device could be read forever.
        guard let type = try? manager.attributesOfItem(atPath: resolved(name))[.type] as? FileAttributeType else {
            return .failure(UnavailableSource("is not there"))
        }
        guard type == .typeRegular else {
            return .failure(UnavailableSource(type == .typeDirectory ? "is a folder" : "is not a regular file"))
        }
        do {
            let data = try Data(contentsOf: URL(filePath: name), options: .mappedIfSafe)
            return .success(Source(name: name, bytes: Array(data.prefix(longestSource))))
        } catch {
            return .failure(UnavailableSource("cannot be read: \(error)"))
        }
    }

    private static func resolved(_ path: String) -> String { URL(filePath: path).resolvingSymlinksInPath().path }
}
