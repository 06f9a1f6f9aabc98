internal import ArgumentParser
internal import HagenCompiler

struct SchemaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema",
        abstract: "Writes the JSON Schema of a topology in YAML, for editors.",
        discussion: """
            For example:
              hagen schema -o hagen.schema.json

            A topology that begins with this line is completed and checked while it is typed, by every editor with the \
            YAML language server:
              # yaml-language-server: $schema=hagen.schema.json

            Exit codes: 0 written, 1 not written, 64 wrong usage.
            """)

    @OptionGroup var destination: OutputOption

    func run() throws { try destination.write(TopologySchema.text) }
}
