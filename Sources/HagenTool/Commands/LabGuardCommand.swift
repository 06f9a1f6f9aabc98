internal import ArgumentParser
internal import Foundation
internal import HagenDeploy

/// What `hagen up` starts beside itself; not for people.
struct LabGuardCommand: AsyncParsableCommand {
    static let name = "lab-guard"
    static let configuration = CommandConfiguration(
        commandName: name, abstract: "Cleans up after a 'hagen up' that was killed.", shouldDisplay: false)

    @Argument(help: "The lab's runtime folder.")
    var folder: String

    func run() async throws {
        try await LabCleanup.afterEnd(
            ofOwner: STDIN_FILENO, runtime: folder, environment: ProcessInfo.processInfo.environment)
    }
}
