internal import ArgumentParser
internal import Foundation
internal import Hagen
internal import HagenCompiler
internal import HagenDeploy

struct ValidateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate",
        abstract: "Says what is wrong with a topology.",
        discussion: """
            For example:
              hagen validate Examples/quickstart
              hagen validate --format sarif topology.yaml > findings.sarif
              hagen validate --fix topology.yaml
              hagen validate --report report.html Examples/quickstart

            --fix edits the YAML where a finding has a fix that is certainly what was meant. Fixes that are only
            probable are shown, and left to you.

            --report writes what can be expected of the topology, as one page of HTML: its objectives and what their
            downtime is due to, and what the loss of each host, of each zone and of the store does.

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

    @Option(
        help: "A file for a page on availability and on what each loss does.", completion: .file(extensions: ["html"]))
    var report: String?

    func run() async throws {
        var loaded = try await LoadedTopology.load(topology.path)
        if fix { loaded = try applyFixes(to: loaded) }
        let findings = loaded.check(placement)
        switch format {
        case .human:
            let output = Terminal.output
            let renderer = HumanRenderer(
                sources: loaded.sources, isColoured: output.isColoured, width: output.width)
            output.write(findings.diagnostics.isEmpty ? summary(of: loaded) : renderer.render(findings))
        case .json: Terminal.output.write(try findings.json())
        case .sarif: Terminal.output.write(try SARIFRenderer(codes: Compiler.documentedCodes).render(findings))
        }
        if let report { try write(findings, on: loaded.topology, to: report) }
        let fails = strict ? !findings.diagnostics.isEmpty : findings.diagnostics.hasErrors
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

    private func write(_ findings: DiagnosticReport, on topology: Topology?, to file: String) throws {
        let page = ReportEmitter.page(topology?.model, placement: placement, diagnostics: findings.diagnostics)
        do {
            try Data(page.utf8).write(to: URL(fileURLWithPath: file), options: .atomic)
        } catch {
            throw DeployError("cannot write '\(file)': \(error.localizedDescription)")
        }
        (format == .human ? Terminal.output : Terminal.error).line("report: \(file)")
    }

    private func summary(of loaded: LoadedTopology) -> String {
        guard let model = loaded.topology?.model else { return "" }
        return "\(model.name): no errors; hosts: \(model.hosts.count), clusters: \(model.clusters.count), "
            + "balancers: \(model.balancers.count), alerts: \(model.monitoring.alerts.count)\n"
    }
}
