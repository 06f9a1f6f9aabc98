internal import ArgumentParser
internal import Foundation
internal import Hagen
internal import HagenDeploy

struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Shows how the running lab is, or this host where none runs.",
        discussion: """
            For example:
              hagen status --watch
              hagen status --json

            'lease' is how long ago the lease was seen to change, 'permit' what is left to the active member's deadline, φ
            how suspicious a member's silence is (8: one suspicion in 100 million is wrong). On a host it shows that
            host's engines alone: other hosts cannot be asked from there yet.
            Exit codes: 0 every engine is up, 1 nothing runs, or an engine that is not, 64 wrong usage.
            """)

    @Flag(help: "As JSON, for other programs.")
    var json = false
    @Flag(help: "Again every second, until Ctrl-C.")
    var watch = false
    @OptionGroup var lab: LabOptions

    func run() async throws {
        if let status = try await lab.hostStatus() {
            try await show(status)
            while watch {
                try await Task.sleep(for: .seconds(1))
                if let status = try await lab.hostStatus() { try await show(status) }
            }
            if !status.isHealthy { throw ExitCode.failure }
            return
        }
        guard lab.isLabMeant else {
            throw DeployError(
                "no lab runs, and no engine of this host answers",
                advice: "Start a lab with 'hagen up', or the engines: 'systemctl start hagen-failover'.")
        }
        let (folders, record) = try lab.find()
        var status = await LabObserver.status(of: record, in: folders)
        try await show(status)
        while watch {
            try await Task.sleep(for: .seconds(1))
            guard LabRecord(at: folders.record)?.identity == record.identity else {
                throw DeployError("the lab '\(record.name)' has ended")
            }
            status = await LabObserver.status(of: record, in: folders)
            try await show(status)
        }
        if !status.isHealthy { throw ExitCode.failure }
    }

    /// The events, which tell since when and why, are asked for only where nobody is active.
    private func vacancies(in status: LabStatus) async -> [Vacancy] {
        let vacant = Vacancy.all(in: status, events: [])
        guard !vacant.isEmpty, let agents = try? lab.agents() else { return vacant }
        return Vacancy.all(in: status, events: await agents.events { _ in EventQuery() }.events)
    }

    private func show(_ status: LabStatus) async throws {
        if json {
            Terminal.output.line(try JSONText.of(status))
        } else {
            if watch, Terminal.output.isInteractive { Terminal.output.write("\u{1B}[H\u{1B}[2J") }
            let vacancies = await self.vacancies(in: status)
            Terminal.output.write(StatusTable(status, vacancies: vacancies, terminal: .output).text)
        }
    }
}
