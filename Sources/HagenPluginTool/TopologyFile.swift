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
    init(_ path: String, watched: Set<String>? = nil) throws(Refusal) {
        let source = try Self.source(path)
        (topology, diagnostics) = YAMLFrontEnd.readForRules(source)
        self.path = path
        sources = [source]
    }

    /// The release and all that was found on the way to it.
    func compile() -> (release: Release?, diagnostics: [Diagnostic]) {
        guard let topology else { return (nil, diagnostics) }
        let (release, found) = Compiler.compile(topology, placement: .declared)
        return (diagnostics.hasErrors ? nil : release, (diagnostics + found).ordered)
    }

    private static func source(_ path: String) throws(Refusal) -> Source {
        do {
            let data = try Data(contentsOf: URL(filePath: path), options: .mappedIfSafe)
            return Source(name: path, bytes: Array(data.prefix(longestSource)))
        } catch {
            throw Refusal("cannot read '\(path)': \(error)")
        }
    }
}
