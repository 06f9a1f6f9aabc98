internal import ArgumentParser
internal import Hagen

/// The operator's command: one file a subcommand, in `Commands/`.
@main
struct Tool: AsyncParsableCommand {
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "hagen",
        abstract: "Compiles a declared topology and runs it.",
        discussion: """
            A first look:
              hagen init --yaml demo && hagen up demo

            Exit codes: 0 done, 1 failed or errors found, 64 wrong usage.
            """,
        version: "hagen \(version), model version \(Model.version)",
        subcommands: [
            InitCommand.self, ValidateCommand.self, ExplainCommand.self, CompileCommand.self, GraphCommand.self,
            SchemaCommand.self, FormatCommand.self, ConvertCommand.self,
            UpCommand.self, DownCommand.self, StatusCommand.self, FaultCommand.self, EventsCommand.self,
            SwitchoverCommand.self, PromoteCommand.self, PauseCommand.self, ResumeCommand.self, DrainCommand.self,
            SimulateCommand.self,
            LabGuardCommand.self,
        ])
}
