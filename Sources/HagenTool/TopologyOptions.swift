internal import ArgumentParser
internal import Hagen
internal import HagenCompiler
internal import HagenDeploy

/// The argument that every command which reads a topology has.
struct TopologyOptions: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "A YAML file, or a folder with a topology.yaml or a Package.swift.", valueName: "path"),
        completion: .file(extensions: ["yaml", "yml"]))
    var path = "."

    /// Reads and compiles the topology; what was found goes to standard error.
    ///
    /// - Throws: exit code 1 when the topology has errors.
    func release(_ placement: Placement) async throws -> (release: Release, loaded: LoadedTopology) {
        let loaded = try await LoadedTopology.load(path)
        let (release, report) = loaded.compile(placement)
        show(report, of: loaded)
        guard let release else { throw ExitCode.failure }
        return (release, loaded)
    }

    /// Reads and judges the topology; what was found goes to standard error.
    ///
    /// - Throws: exit code 1 when it has errors other than that an engine is missing.
    func overview(_ placement: Placement) async throws -> TopologyOverview {
        let loaded = try await LoadedTopology.load(path)
        let (overview, report) = loaded.overview(placement)
        show(report, of: loaded)
        guard let overview else { throw ExitCode.failure }
        return overview
    }

    private func show(_ report: DiagnosticReport, of loaded: LoadedTopology) {
        Terminal.error.write(
            HumanRenderer(
                sources: loaded.sources, isColoured: Terminal.error.isColoured, width: Terminal.error.width
            ).render(report))
    }
}

extension Placement: ExpressibleByArgument {}
