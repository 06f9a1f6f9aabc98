internal import ArgumentParser

/// The operator's command: one file a subcommand, in `Commands/`.
@main
struct Tool: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hagen",
        abstract: "Compiles a declared topology and runs it.",
        subcommands: [])
}
