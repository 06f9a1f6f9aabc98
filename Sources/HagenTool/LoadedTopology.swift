internal import Foundation
internal import Hagen
internal import HagenCompiler
internal import HagenDeploy

/// What stands behind a PATH on the command line, read by the front end that fits.
struct LoadedTopology {
    /// `nil` where a diagnostic leaves nothing that the rules could judge.
    var topology: Topology?
    /// Of the front end alone; the rules have not run yet.
    var diagnostics: [Diagnostic]
    /// The files that diagnostics may point into.
    var sources: [Source]
    /// Where the topology lies, and its programs: of an environment, the file below all that are laid over it.
    var folder: String
    /// Its sources are text that fixes can edit.
    var isYAML = true

    /// Of a topology in Swift; findings in others are shown without their lines.
    private static let mostSources = 1000

    /// - Throws: `DeployError` when there is nothing to read, or the package does not build or run.
    static func load(_ path: String) async throws -> LoadedTopology {
        switch try TopologyLocation(path: path) {
        case .yaml(let file, let folder):
            let first = try source(file)
            return read(first.name, among: [first], SourceFolder(of: file), folder: folder)
        case .package(let folder):
            let package = TopologyPackage(folder: folder, environment: ProcessInfo.processInfo.environment)
            let topology = try await package.load()
            let files = Set(topology.sources.spans.values.map(\.file)).sorted()
            let sources = files.prefix(mostSources).compactMap { name -> Source? in
                let path = name.hasPrefix("/") ? name : folder + "/" + name
                return (try? SourceFile.bytes(of: path)).map { Source(name: name, bytes: $0) }
            }
            return LoadedTopology(
                topology: topology, diagnostics: [], sources: sources, folder: folder, isYAML: false)
        }
    }

    /// - Parameter sources: Files that are read from memory; the others come from the folder.
    private static func read(
        _ name: String, among sources: [Source], _ files: SourceFolder, folder: String
    ) -> LoadedTopology {
        let known = Dictionary(sources.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        let reading = YAMLFrontEnd.readForRules(name) { known[$0].map { .success($0) } ?? files.load($0) }
        let lowest = URL(fileURLWithPath: reading.lowest).standardizedFileURL.deletingLastPathComponent().path
        return LoadedTopology(
            topology: reading.topology, diagnostics: reading.diagnostics, sources: reading.sources,
            folder: reading.sources.isEmpty ? folder : lowest)
    }

    /// The same topology after its safe fixes; its files are as they were. A topology in Swift has none.
    func fixed(_ placement: Placement) -> (loaded: LoadedTopology, run: FixRun)? {
        guard isYAML, let first = sources.first?.name else { return nil }
        let files = SourceFolder(of: first)
        let run = FixRun(sources) { sources in
            let loaded = Self.read(first, among: sources, files, folder: folder)
            // Of a part that is broken the rules have their say when it is mended: that is not to count as worse.
            let whole = loaded.topology.flatMap { $0.omissions.isEmpty ? $0 : nil }
            return FixRun.Judgement(
                reading: loaded.diagnostics, rules: whole.map { Compiler.check($0, placement: placement) })
        }
        return (Self.read(first, among: run.sources, files, folder: folder), run)
    }

    /// Everything that is wrong with it. Nothing is lowered.
    func check(_ placement: Placement) -> DiagnosticReport {
        DiagnosticReport(diagnostics + (topology.map { Compiler.check($0, placement: placement) } ?? []))
    }

    /// The release and everything that was found on the way to it.
    func compile(_ placement: Placement) -> (release: Release?, report: DiagnosticReport) {
        guard let topology else { return (nil, DiagnosticReport(diagnostics)) }
        let (release, found) = Compiler.compile(topology, placement: placement)
        return (diagnostics.hasErrors ? nil : release, DiagnosticReport(diagnostics + found))
    }

    /// What can be said of it, and everything that was found: also where an engine is missing for a part of it.
    func overview(_ placement: Placement) -> (overview: TopologyOverview?, report: DiagnosticReport) {
        let report = check(placement)
        let overview = topology.flatMap {
            TopologyOverview($0, diagnostics: report.diagnostics, placement: placement)
        }
        return (overview, report)
    }

    /// A file as it is, with the name that diagnostics show.
    static func source(_ file: String) throws -> Source {
        Source(name: name(of: file), bytes: try SourceFile.bytes(of: file))
    }

    /// As a person in the working directory would write it.
    private static func name(of file: String) -> String {
        let here = FileManager.default.currentDirectoryPath + "/"
        return file.hasPrefix(here) ? String(file.dropFirst(here.count)) : file
    }
}
