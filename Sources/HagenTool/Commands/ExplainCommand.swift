internal import ArgumentParser
internal import HagenCompiler

struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Prints the documentation of a diagnostic's code.",
        discussion: """
            For example:
              hagen explain HG0101
              hagen explain --json > codes.json

            Exit codes: 0 printed, 1 no such code, 64 wrong usage.
            """)

    @Argument(help: "A code as it stands in brackets in a diagnostic; left out: all codes are listed.")
    var code: String?

    @Flag(help: "Print JSON: the whole documentation of the code, or of all codes in a list.")
    var json = false

    func run() throws {
        guard let code else {
            if json { return Terminal.output.write(try Compiler.explanationsJSON()) }
            for documented in Compiler.documentedCodes.sorted(by: { $0.code < $1.code }) {
                Terminal.output.line("\(documented.code)  \(documented.title)")
            }
            return
        }
        guard let parsed = DiagnosticCode(text: code) else {
            throw ValidationError("'\(code)' is not a code such as HG0101")
        }
        guard let text = json ? try Compiler.explanationJSON(parsed) : Compiler.explain(parsed) else {
            Terminal.error.line("There is no code \(parsed). 'hagen explain' lists all of them.")
            throw ExitCode.failure
        }
        Terminal.output.write(text)
    }
}
