internal import ArgumentParser
internal import HagenDeploy

struct DownCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "down",
        abstract: "Ends the running lab, or cleans up after one whose 'hagen up' was killed.",
        discussion: """
            For example:
              hagen down

            Exit codes: 0 nothing of it runs any more, 1 no such lab or processes that do not end, 64 wrong usage.
            """)

    @OptionGroup var lab: LabOptions

    func run() async throws {
        let (folders, record) = try lab.find()
        try await LabShutdown.run(record, in: folders) { Terminal.error.line($0) }
        Terminal.output.line("\(record.name) is down")
    }
}
