internal import FoundationEssentials
internal import Hagen
internal import HagenCompiler

/// `validate [PATH]…`: what is wrong with the topologies, for a person.
struct ValidateCommand {
    private let paths: [String]

    init(_ arguments: inout Arguments) throws(Refusal) {
        paths = try arguments.topologies()
    }

    func run() throws(Refusal) -> Bool {
        var isGood = true
        for path in paths {
            let file = TopologyFile(path)
            let (_, diagnostics) = file.compile()
            if let model = file.topology?.model, diagnostics.isEmpty {
                Output.standard.write(
                    "\(model.name): no errors; hosts: \(model.hosts.count), clusters: \(model.clusters.count), "
                        + "balancers: \(model.balancers.count), alerts: \(model.monitoring.alerts.count)\n")
            }
            Output.standard.write(HumanRenderer(sources: file.sources).render(DiagnosticReport(diagnostics)))
            if diagnostics.hasErrors { isGood = false }
        }
        return isGood
    }
}

/// `compile [-o DIR] [PATH]…`: the release as files.
struct CompileCommand {
    private let destination: Destination
    private let paths: [String]

    init(_ arguments: inout Arguments) throws(Refusal) {
        destination = try arguments.destination()
        paths = try arguments.topologies()
    }

    func run() throws(Refusal) -> Bool {
        guard let releases = try destination.read(paths, named: \.name, { $0.compile() }) else { return false }
        for release in releases {
            let files = Emitters.files(for: release)
            let folder = destination.path(named: release.name)
            try ReleaseFolder(path: folder).write(files)
            Output.standard.write(
                "\(release.name): \(files.count) files for \(release.hosts.count) hosts in '\(folder)'\n")
        }
        return true
    }
}

/// `graph [--format FORM] [-o FILE] [PATH]…`: the picture, as SVG unless the form or the file's extension says otherwise.
struct GraphCommand {
    private let destination: Destination
    private let format: GraphFormat
    private let paths: [String]

    init(_ arguments: inout Arguments) throws(Refusal) {
        destination = try arguments.destination()
        let word = arguments.takeOne("--format")
        let chosen = word.flatMap(GraphFormat.init(rawValue:))
        if let word, chosen == nil {
            throw Refusal("'\(word)' is none of svg, dot and mermaid", isUsage: true)
        }
        format = chosen ?? destination.place.flatMap(GraphFormat.init(fileName:)) ?? .svg
        paths = try arguments.topologies()
    }

    func run() throws(Refusal) -> Bool {
        guard let overviews = try destination.read(paths, named: \.name, { $0.overview() }) else { return false }
        for overview in overviews {
            let path = destination.path(named: "\(overview.name).\(format.fileExtension)")
            do {
                let url = URL(filePath: path)
                try FileManager.default.createDirectory(
                    at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
                try Data(format.text(overview).utf8).write(to: url, options: .atomic)
            } catch {
                throw Refusal("cannot write '\(path)': \(error)")
            }
            Output.standard.write("\(overview.name): drawn in '\(path)'\n")
        }
        return true
    }
}

/// Where a verb writes: to a place that the user named, which has room for one topology, or into the plugin's folder,
/// which has room for all.
private struct Destination {
    var place: String?
    var folder: String

    func path(named name: String) -> String { place ?? folder + "/" + name }

    /// What becomes of each topology; `nil` where one has errors. What was found in any of them is said.
    func read<Result>(
        _ paths: [String], named name: (Result) -> String,
        _ judge: (TopologyFile) -> (Result?, [Diagnostic])
    ) throws(Refusal) -> [Result]? {
        guard place == nil || paths.count == 1 else {
            throw Refusal("the package has several topologies, and '-o' has room for one: name its file", isUsage: true)
        }
        var results: [Result] = []
        var names: Set<String> = []
        for path in paths {
            let file = TopologyFile(path)
            let (result, diagnostics) = judge(file)
            Output.error.write(HumanRenderer(sources: file.sources).render(DiagnosticReport(diagnostics)))
            guard let result else { continue }
            guard names.insert(name(result)).inserted else {
                throw Refusal("several topologies are called '\(name(result))': name the file of one")
            }
            results.append(result)
        }
        return results.count == paths.count ? results : nil
    }
}

extension Arguments {
    /// The paths that are said, else those that the plugin found in the package.
    fileprivate mutating func topologies() throws(Refusal) -> [String] {
        let found = take("--found")
        try finish()
        let paths = paths.isEmpty ? found : paths
        guard !paths.isEmpty else {
            throw Refusal("no target of the package has a '*.hagen.yaml': name a file", isUsage: true)
        }
        return paths
    }

    fileprivate mutating func destination() throws(Refusal) -> Destination {
        guard let folder = takeOne("--folder") else {
            throw Refusal("'--folder' says where to write what has no place", isUsage: true)
        }
        return Destination(place: takeOne("--output"), folder: folder)
    }
}
