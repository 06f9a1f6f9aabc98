internal import ArgumentParser
internal import Foundation
internal import Hagen
internal import HagenDeploy

struct SwitchoverCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "switchover",
        abstract: "Hands a cluster from its active member to another, planned.",
        discussion: """
            The active member stops its workload, proves it dead and releases the lease to the other: nobody waits for a
            lease. It refuses a member that could not take over, and says why. The order is bound to the epoch that it
            ends, so it is obeyed once or not at all. A workload that runs as a process has no data of Hagen's: nothing
            of it can be lost by a switchover.

            For example:
              hagen switchover counter --to beta --reason 'new kernel on alpha'
              hagen switchover counter --at 2026-11-24T02:00
              hagen switchover counter --in-window

            Exit codes: 0 done (or ordered, with --no-wait, --at, --in-window), 1 refused or not done in time,
            64 wrong usage.
            """)

    @Argument(help: "The cluster.")
    var cluster: String
    @Option(name: .customLong("to"), help: "The host that is to be active; left out: whoever is next in order.")
    var target: String?
    @Option(help: "Not now but then: 'YYYY-MM-DDTHH:MM', local time, or with 'Z' or an offset.")
    var at: String?
    @Flag(help: "When the cluster's maintenance window opens next.")
    var inWindow = false
    @Option(help: "For the log: why.")
    var reason: String?
    @Flag(inversion: .prefixedNo, help: "Wait until the other member is active.")
    var wait = true
    @Option(help: "How long to wait at most, such as 30s; left out: 30s.", transform: TimeLimit.read)
    var timeout: Duration = .seconds(30)
    @Flag(help: "As JSON, for other programs.")
    var json = false
    @OptionGroup var place: LabOptions

    private struct Report: Encodable {
        var cluster: String
        var from: String?
        var fromEpoch: UInt64?
        var to: String?
        var toEpoch: UInt64?
        var tookInMilliseconds: Int64?
        var notBefore: WallTime?
        var refusal: String?
    }

    func validate() throws {
        if at != nil, inWindow { throw ValidationError("'--at' and '--in-window' exclude each other") }
        if let at, LocalTime.moment(at) == nil {
            throw ValidationError("'\(at)' is no time; write it like 2026-11-24T02:00")
        }
    }

    func run() async throws {
        let agents = try place.agents()
        try KnownNames(await agents.answers()).expect(cluster: cluster)
        let began = ContinuousClock.now
        let since = LocalTime.now
        let schedule: OrderRequest.Schedule =
            if let moment = at.flatMap(LocalTime.moment) { .at(moment) } else if inWindow { .inWindow } else { .now }
        let request = OrderRequest(.switchover(cluster: cluster, target: target, schedule: schedule), reason: reason)
        let answer: OrderAnswer
        do {
            answer = try await agents.order(request)
        } catch let refusal as ControlClient.Refusal {
            try refuse(refusal.description)
            return
        }
        var report = Report(cluster: cluster, from: answer.holder, fromEpoch: answer.epoch, notBefore: answer.notBefore)
        guard wait, answer.notBefore == nil, let epoch = answer.epoch else {
            let when = answer.notBefore.map { ", not before \(LocalTime.text($0))" } ?? ""
            let ordered = "ordered: \(answer.words)\(when)"
            return Terminal.output.line(json ? try JSONText.of(report) : ordered)
        }
        let outcome = await OrderOutcome(of: agents).switchover(
            of: cluster, from: epoch, since: since, within: timeout)
        switch outcome {
        case .done(let host, let newEpoch):
            let took = (ContinuousClock.now - began).nanoseconds / 1_000_000
            (report.to, report.toEpoch, report.tookInMilliseconds) = (host, newEpoch, took)
            let from = answer.holder.map { "\($0) (epoch \(epoch))" } ?? "epoch \(epoch)"
            Terminal.output.line(
                json
                    ? try JSONText.of(report)
                    : "\(cluster): \(from) handed over to \(host) (epoch \(newEpoch)), \(took) ms from the order to the new active member"
            )
        case .refused(let words): try refuse("cluster '\(cluster)' \(words)")
        case .notInTime:
            throw DeployError(
                "cluster '\(cluster)' did not switch over within \(timeout.text)",
                advice: "See why with 'hagen events --cluster \(cluster)'; the order is void after 30s.")
        }
    }

    private func refuse(_ words: String) throws {
        guard json else { throw DeployError(words) }
        Terminal.output.line(try JSONText.of(Report(cluster: cluster, refusal: words)))
        throw ExitCode.failure
    }
}
