internal import ArgumentParser
internal import Foundation
internal import Hagen
internal import HagenCompiler
internal import HagenDeploy

struct ConvertCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "convert",
        abstract: "Writes a topology in the other form: YAML in Swift, Swift in YAML.",
        discussion: """
            For example:
              hagen convert topology.yaml --to swift -o Sources/Topology/Topology.swift
              hagen convert Examples/shop --to yaml -o topology.yaml

            Both mean the same, or nothing is written; comments are not carried over. What the types of Swift refuse is \
            said with its place. The package around a source in Swift is made by 'hagen init --swift'.
            Exit codes: 0 written, 1 not to be said in the other form or errors in the topology, 64 wrong usage.
            """)

    enum Form: String, ExpressibleByArgument, CaseIterable {
        case swift, yaml
    }

    @OptionGroup var topology: TopologyOptions
    @Option(help: "The form to write: swift or yaml.")
    var to: Form
    @OptionGroup var destination: OutputOption

    func run() async throws {
        let loaded = try await LoadedTopology.load(topology.path)
        guard let read = loaded.topology, !loaded.diagnostics.hasErrors else {
            report(loaded.diagnostics, loaded)
            throw ExitCode.failure
        }
        let (text, diagnostics) = to == .swift ? Conversion.swift(of: read) : Conversion.yaml(of: read)
        report(loaded.diagnostics + diagnostics, loaded)
        guard let text else { throw ExitCode.failure }
        try destination.write(text)
    }

    private func report(_ diagnostics: [Diagnostic], _ loaded: LoadedTopology) {
        let renderer = HumanRenderer(
            sources: loaded.sources, isColoured: Terminal.error.isColoured, width: Terminal.error.width)
        Terminal.error.write(renderer.render(DiagnosticReport(diagnostics)))
    }
}
