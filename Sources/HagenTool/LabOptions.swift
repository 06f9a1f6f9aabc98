internal import ArgumentParser
internal import Foundation
internal import HagenDeploy

/// Which running lab is meant.
struct LabOptions: ParsableArguments {
    @Option(help: "The lab's name, which is its topology's; needed only where several labs run.")
    var name: String?

    func find() throws -> (folders: LabFolders, record: LabRecord) {
        try LabRecord.find(name: name, environment: ProcessInfo.processInfo.environment)
    }
}
