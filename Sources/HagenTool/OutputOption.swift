internal import ArgumentParser
internal import Foundation
internal import HagenDeploy

/// Where a command that makes one text puts it.
struct OutputOption: ParsableArguments {
    @Option(
        name: [.short, .customLong("output")], help: "The file to write; left out: standard output.",
        completion: .file())
    var output: String?

    /// A file is replaced as a whole or not at all.
    func write(_ text: String) throws {
        guard let output else { return Terminal.output.write(text) }
        do {
            try Data(text.utf8).write(to: URL(fileURLWithPath: output), options: .atomic)
        } catch {
            throw DeployError("cannot write '\(output)': \(error.localizedDescription)")
        }
    }
}
