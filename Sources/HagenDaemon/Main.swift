internal import ArgumentParser

/// The runtime's binary on each host: every engine is one of its subcommands.
@main
struct Daemon: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hagend",
        abstract: "Runs one engine of Hagen from its configuration file.",
        subcommands: [])
}
