internal import ArgumentParser
internal import Foundation
internal import Hagen
internal import HagenCompiler
internal import HagenDeploy

struct GraphCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "graph",
        abstract: "Draws a topology as SVG.",
        discussion: """
            For example:
              hagen graph Examples/quickstart -o quickstart.svg

            Exit codes: 0 drawn, 1 errors in the topology or nothing written, 64 wrong usage.
            """)

    @OptionGroup var topology: TopologyOptions
    @Option(
        name: [.short, .customLong("output")], help: "The file to write; left out: standard output.",
        completion: .file(extensions: ["svg"]))
    var output: String?
    @Option(help: "Where the topology is meant to run: declared (on its hosts) or loopback (the lab).")
    var placement = Placement.declared

    func run() async throws {
        let (release, _) = try await topology.release(placement)
        guard let graph = Emitters.files(for: release).first(where: { $0.path == "graph.svg" }) else {
            throw DeployError("the release of '\(release.name)' has no graph.svg")
        }
        guard let output else {
            Terminal.output.write(graph.contents)
            return
        }
        do {
            try Data(graph.contents.utf8).write(to: URL(fileURLWithPath: output), options: .atomic)
        } catch {
            throw DeployError("cannot write '\(output)': \(error.localizedDescription)")
        }
    }
}
