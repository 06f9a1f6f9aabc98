internal import ArgumentParser
internal import Foundation
internal import HagenDeploy

struct InitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Makes a new infrastructure repo: a topology that validates and runs as it is.",
        discussion: """
            For example:
              hagen init --yaml demo
              hagen up demo

            Files that are there already are never overwritten.
            Exit codes: 0 made, 1 something is in the way, 64 wrong usage.
            """)

    enum Form: String, EnumerableFlag {
        case yaml, swift

        static func help(for value: Form) -> ArgumentHelp? {
            switch value {
            case .yaml: "Declare the topology in YAML (what happens where neither is said)."
            case .swift: "Declare the topology in Swift."
            }
        }
    }

    @Flag(exclusivity: .exclusive) var form = Form.yaml
    @Option(
        help: "With --swift: a folder or a repository's URL where the package of Hagen lies, if not around this hagen.")
    var package: String?
    @Argument(help: ArgumentHelp("The folder; made where it is missing.", valueName: "dir"), completion: .directory)
    var folder = "."

    func run() throws {
        let root = URL(fileURLWithPath: folder).standardizedFileURL
        let scaffold = Scaffold(name: Scaffold.topologyName(from: root.lastPathComponent))
        let files = form == .yaml ? scaffold.yamlFiles : scaffold.swiftFiles(package: try hagenPackage())
        let present = files.map(\.path).filter {
            FileManager.default.fileExists(atPath: root.appending(path: $0).path)
        }
        guard present.isEmpty else {
            throw DeployError(
                "'\(root.path)' already has \(present.joined(separator: ", "))",
                advice: "Name another folder: 'hagen init DIR'.")
        }
        do {
            for file in files {
                let url = root.appending(path: file.path)
                try FileManager.default.createDirectory(
                    at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
                try Data(file.contents.utf8).write(to: url, options: .withoutOverwriting)
            }
        } catch {
            throw DeployError("cannot write to '\(root.path)': \(error.localizedDescription)")
        }
        for file in files { Terminal.output.line("  \(file.path)") }
        Terminal.output.line("Next: hagen validate '\(folder)', then hagen up '\(folder)'")
    }

    private func hagenPackage() throws -> HagenPackage {
        if let package { return try HagenPackage(package) }
        if let own = try HagenPackage.own() { return own }
        throw DeployError(
            "this hagen was installed without its package",
            advice: "Say where it lies: 'hagen init --swift --package URL'.")
    }
}
