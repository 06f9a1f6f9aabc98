internal import ArgumentParser
internal import Foundation
internal import Hagen
internal import HagenCompiler

struct ValidateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate",
        abstract: "Says what is wrong with a topology.",
        discussion: """
            For example:
              hagen validate Examples/quickstart
              hagen validate --format sarif topology.yaml > findings.sarif
              hagen validate --fix topology.yaml

            --fix edits the YAML where a finding has a fix that is certainly what was meant. Fixes that are only
            probable are shown, and left to you.

            Exit codes: 0 no errors (warnings, too, fail with --strict), 1 errors, 64 wrong usage.
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case human, json, sarif
    }

    @OptionGroup var topology: TopologyOptions
    @Option(help: "How findings are written: human, json or sarif (SARIF 2.1.0).")
    var format = Format.human
    @Option(help: "Where the topology is meant to run: declared (on its hosts) or loopback (the lab).")
    var placement = Placement.declared
    @Flag(help: "Fail on warnings too.")
    var strict = false
    @Flag(help: "Apply the fixes that are safe, then say what is left.")
    var fix = false

    func run() async throws {
        var loaded = try await LoadedTopology.load(topology.path)
        if fix { loaded = try applyFixes(to: loaded) }
        let report = loaded.check(placement)
        switch format {
        case .human:
            let output = Terminal.output
            let renderer = HumanRenderer(
                sources: loaded.sources, isColoured: output.isColoured, width: output.width)
            output.write(report.diagnostics.isEmpty ? summary(of: loaded) : renderer.render(report))
        case .json: Terminal.output.write(try report.json())
        case .sarif: Terminal.output.write(try SARIFRenderer(codes: Compiler.documentedCodes).render(report))
        }
        let fails = strict ? !report.diagnostics.isEmpty : report.diagnostics.hasErrors
        if fails { throw ExitCode.failure }
    }

    /// What was done goes beside the findings: on a person's terminal with them, else to standard error.
    private func applyFixes(to loaded: LoadedTopology) throws -> LoadedTopology {
        let output = format == .human ? Terminal.output : Terminal.error
        guard let (fixed, run) = loaded.fixed(placement) else {
            output.line("nothing is fixed in a topology in Swift: fixes are edits of YAML")
            return loaded
        }
        try EditedFiles.write(run.sources, over: loaded.sources)
        output.write(FixReport.text(of: run))
        return fixed
    }

    private func summary(of loaded: LoadedTopology) -> String {
        guard let model = loaded.topology?.model else { return "" }
        return "\(model.name): no errors; hosts: \(model.hosts.count), clusters: \(model.clusters.count), "
            + "balancers: \(model.balancers.count), alerts: \(model.monitoring.alerts.count)\n"
    }
}
