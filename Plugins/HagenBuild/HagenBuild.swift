import Foundation
import PackagePlugin

/// Validates every `*.hagen.yaml` of a target whenever it changes, and turns it into Swift.
///
/// SwiftPM asks for the commands only when files come or go, not when their contents change. So every YAML file below the
/// target's folder is an input, whoever includes it. What lies elsewhere is found in the text, as well as that goes
/// without a parser; the tool reads nothing that is not an input, so that no edit of a file ever goes unnoticed.
@main
struct HagenBuild: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
        guard let module = target.sourceModule else { return [] }
        let topologies = module.sourceFiles.map(\.url).filter { $0.lastPathComponent.hasSuffix(".hagen.yaml") }
            .sorted { $0.path < $1.path }
        guard !topologies.isEmpty else {
            Diagnostics.warning("HagenBuild has nothing to do: target '\(target.name)' has no '*.hagen.yaml'")
            return []
        }
        let folder = context.pluginWorkDirectoryURL
        let shared = folder.appending(path: "HagenTopology.swift")
        let outputs = topologies.map { folder.appending(path: Self.outputName(of: $0, in: module.directoryURL)) }
        let inputs = IncludedFiles.all(of: topologies, below: module.directoryURL)
        var arguments = ["swift", "--shared", shared.path]
        for input in inputs { arguments += ["--watched", input.path] }
        arguments.append("--")
        for (topology, output) in zip(topologies, outputs) { arguments += [topology.path, output.path] }
        return [
            .buildCommand(
                displayName: "Validating the topologies of \(target.name)",
                executable: try context.tool(named: "HagenPluginTool").url, arguments: arguments,
                inputFiles: inputs, outputFiles: [shared] + outputs)
        ]
    }

    /// A module has no two files of one name, so folders become part of it; no two paths become the same name.
    private static func outputName(of topology: URL, in folder: URL) -> String {
        let path =
            topology.path.hasPrefix(folder.path) ? topology.path.dropFirst(folder.path.count) : topology.path[...]
        let name = path.dropLast("yaml".count).drop { $0 == "/" }
        return name.replacing("_", with: "__").replacing("/", with: "_-") + "swift"
    }
}
