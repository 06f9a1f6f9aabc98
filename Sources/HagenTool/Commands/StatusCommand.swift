internal import ArgumentParser
internal import Foundation
internal import HagenDeploy

struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Shows how the running lab is.",
        discussion: """
            For example:
              hagen status --watch
              hagen status --json

            Exit codes: 0 every engine is up, 1 no such lab or an engine that is not, 64 wrong usage.
            """)

    @Flag(help: "As JSON, for other programs.")
    var json = false
    @Flag(help: "Again every second, until Ctrl-C.")
    var watch = false
    @OptionGroup var lab: LabOptions

    func run() async throws {
        let (folders, record) = try lab.find()
        var status = await LabObserver.status(of: record, in: folders)
        try show(status)
        while watch {
            try await Task.sleep(for: .seconds(1))
            guard LabRecord(at: folders.record)?.identity == record.identity else {
                throw DeployError("the lab '\(record.name)' has ended")
            }
            status = await LabObserver.status(of: record, in: folders)
            try show(status)
        }
        if !status.isHealthy { throw ExitCode.failure }
    }

    private func show(_ status: LabStatus) throws {
        if json {
            Terminal.output.line(try JSONText.of(status))
        } else {
            if watch, Terminal.output.isInteractive { Terminal.output.write("\u{1B}[H\u{1B}[2J") }
            Terminal.output.write(StatusTable(status, terminal: .output).text)
        }
    }
}
