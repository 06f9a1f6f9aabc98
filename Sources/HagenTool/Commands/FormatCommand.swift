internal import ArgumentParser
internal import Foundation
internal import HagenCompiler
internal import HagenDeploy

struct FormatCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "format",
        abstract: "Brings topologies in YAML into their canonical layout.",
        discussion: """
            For example:
              hagen format
              hagen format --check topology.yaml
              hagen format - < topology.yaml

            Comments, the order of keys, quotes and anchors stay as they are; the space between them changes. A file is \
            replaced in one step, and left as it is where it is not YAML.
            Exit codes: 0 formatted, 1 not all could be, or --check found some that are not, 64 wrong usage.
            """)

    @Argument(
        help: ArgumentHelp(
            "YAML files, or folders with a topology.yaml; '-' for standard input to standard output.",
            valueName: "path"),
        completion: .file(extensions: ["yaml", "yml"]))
    var paths = ["."]
    @Flag(help: "Change nothing: list the files that are not formatted, and fail if there are any.")
    var check = false

    func run() throws {
        if paths == ["-"] { return try formatStandardInput() }
        var isClean = true
        for path in paths {
            guard case .yaml(let file, _) = try TopologyLocation(path: path) else {
                throw DeployError(
                    "'\(path)' is a topology in Swift", advice: "Format it with 'swift format -i -r \(path)/Sources'.")
            }
            let source = try LoadedTopology.source(file)
            guard let result = format(source) else {
                isClean = false
                continue
            }
            if result.fileBytes == source.fileBytes { continue }
            Terminal.output.line(source.name)
            if check { isClean = false } else { try EditedFiles.write([result], over: [source]) }
        }
        if !isClean { throw ExitCode.failure }
    }

    private func formatStandardInput() throws {
        let source = Source(
            name: "standard input", bytes: Array(try FileHandle.standardInput.readToEnd() ?? Data()))
        guard let result = format(source) else { throw ExitCode.failure }
        if check {
            if result.fileBytes != source.fileBytes {
                Terminal.output.line(source.name)
                throw ExitCode.failure
            }
        } else {
            Terminal.output.write(String(decoding: result.fileBytes, as: UTF8.self))
        }
    }

    /// `nil` where it says why not, on standard error.
    private func format(_ source: Source) -> Source? {
        switch TopologyFormatter.format(source) {
        case .formatted(let text): return Source(name: source.name, text: text)
        case .refused(let diagnostics):
            let renderer = HumanRenderer(
                sources: [source], isColoured: Terminal.error.isColoured, width: Terminal.error.width)
            Terminal.error.write(renderer.render(DiagnosticReport(diagnostics)))
            return nil
        }
    }
}
