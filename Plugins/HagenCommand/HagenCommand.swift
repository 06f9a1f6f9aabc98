import Foundation
import PackagePlugin

/// `swift package hagen validate`, `compile` and `graph`: what the command `hagen` does, for the `*.hagen.yaml` of a
/// package, with the compiler that the package names.
@main
struct HagenCommand: CommandPlugin {
    func performCommand(context: PluginContext, arguments: [String]) async throws {
        guard let verb = arguments.first, !["--help", "-h", "help"].contains(verb) else {
            print(Self.help)
            return
        }
        let process = Process()
        process.executableURL = try context.tool(named: "HagenPluginTool").url
        process.arguments = [verb] + found(in: context.package)
        if ["compile", "graph"].contains(verb) {
            process.arguments? += ["--folder", context.pluginWorkDirectoryURL.appending(path: verb).path]
        }
        process.arguments? += arguments.dropFirst()
        try process.run()
        process.waitUntilExit()
        if process.terminationStatus != 0 { Diagnostics.error("hagen \(verb) failed") }
    }

    private func found(in package: Package) -> [String] {
        let files = package.targets.compactMap(\.sourceModule).flatMap { $0.sourceFiles.map(\.url.path) }
        return Set(files.filter { $0.hasSuffix(".hagen.yaml") }).sorted().flatMap { ["--found", $0] }
    }

    private static let help = """
        swift package hagen validate [PATH]…         says what is wrong with topologies
        swift package hagen compile [-o DIR] [PATH]  writes the release: files, one folder a host
        swift package hagen graph [-o FILE] [PATH]   draws the topology; '--format svg', 'dot' or 'mermaid'

        Without a PATH all '*.hagen.yaml' of the package's targets are meant. Without '-o', files are written below
        .build, and their places printed.
        """
}
