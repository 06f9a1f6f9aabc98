internal import ArgumentParser
internal import Foundation
internal import Hagen
internal import HagenDeploy

/// Which running lab is meant.
struct LabOptions: ParsableArguments {
    @Option(help: "The lab's name, which is its topology's; needed only where several labs run.")
    var name: String?

    func find() throws -> (folders: LabFolders, record: LabRecord) {
        try LabRecord.find(name: name, environment: ProcessInfo.processInfo.environment)
    }

    /// The failover agents of the lab, or of this host where no lab runs.
    func agents() throws -> RunningAgents {
        try RunningAgents.find(name: name, environment: ProcessInfo.processInfo.environment)
    }

    /// A lab is named, or one runs; otherwise this host is meant.
    var isLabMeant: Bool { name != nil || !LabRecord.all(environment: ProcessInfo.processInfo.environment).isEmpty }

    /// How the engines of this host are; `nil` where a lab is meant, or nothing of Hagen runs here.
    func hostStatus() async throws -> LabStatus? { isLabMeant ? nil : await HostObserver.status() }

    /// Gives an order that nobody waits for, and says what was ordered.
    func give(_ request: OrderRequest, json: Bool) async throws {
        let answer = try await agents().order(request)
        guard !json else { return Terminal.output.line(try JSONText.of(answer)) }
        Terminal.output.line(answer.words)
        guard let order = answer.cancelled else { return }
        let target = order.target.map { " to \($0)" } ?? ""
        let when = order.notBefore.map { " at \(LocalTime.text($0))" } ?? ""
        Terminal.output.line("Cancelled: its switchover\(target)\(when), ordered \(order.note.words).")
    }
}
