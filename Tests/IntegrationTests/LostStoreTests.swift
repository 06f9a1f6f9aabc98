import Foundation
import Hagen
import Testing

@testable import HagenDeploy

extension BuiltCommands.LabTests {
    /// What the table of a release's README promises to clients of a balancer, with real processes: the store is lost with every
    /// member up, and nobody notices; it is lost with a member, and nobody is served until it is back.
    @Test(.timeLimit(.minutes(5))) func balancersFollowTheActiveMemberWithoutTheStore() async throws {
        let lab = try RunningLab(copying: Self.quickstart)
        let ready = try await lab.wait("every part is ready") { $0.isReady }
        let loss = try StoreLoss(lab, ready)
        loss.client.start()
        defer { loss.client.stop() }
        try await loss.settle()
        let epoch = try #require(loss.epochs.last)

        try await loss.loseStore()
        try await loss.loseStoreAndMember(epoch: epoch)
        try loss.checkThatNeverTwoWereActive()
    }
}

private struct StoreLoss {
    /// Its balancer carries the traffic.
    static let host = "gamma"
    static let store = "coordinator"
    /// What clients may wait where nothing fails over: a lab of many processes on a machine that is busy otherwise.
    static let undisturbed = Duration.milliseconds(300)
    /// In it a holder that was not renewed has stopped, with what a busy machine adds.
    static let stepDown = Duration.milliseconds(1200)
    static let lease = Duration.seconds(1)
    static let byWord = "follows the active member by its own word"
    static let byLease = "follows the active member by its lease"

    let lab: RunningLab
    let client: OpenLoopClient

    init(_ lab: RunningLab, _ status: LabStatus) throws {
        self.lab = lab
        let address = try #require(status.listener("counter", on: Self.host)?.listen.first)
        client = OpenLoopClient(.counter(address, every: .milliseconds(10)))
    }

    /// Of the answers, in their order.
    var epochs: [UInt64] {
        client.samples.compactMap { $0.answer.flatMap { UInt64($0.split(separator: " ")[1]) } }
    }

    func settle() async throws {
        let isSteady = await eventually(within: .seconds(30)) {
            let samples = client.samples.suffix(100)
            return samples.count == 100 && samples.allSatisfy(\.isAnswered)
        }
        try #require(isSteady, "\(client.samples.suffix(5)) \(lab.logs)")
    }

    // MARK: - The faults

    /// For several leases, and back again.
    func loseStore() async throws {
        let epoch = epochs.last
        let (byWord, byLease) = (count(Self.byWord), count(Self.byLease))
        let start = ContinuousClock.now
        try await lab.fault("kill", Self.store)
        await pass(Self.lease * 5)
        let lost = client.samples.longestGap(from: start, to: .now)
        #expect(count(Self.byWord) > byWord, "the store was not lost to the balancer: \(lab.logs)")
        let back = ContinuousClock.now
        try await lab.fault("heal", Self.store)
        try await lab.wait("the store is back") { $0.isReady }
        await pass(Self.lease * 2)
        let healed = client.samples.longestGap(from: back, to: .now)
        print(
            "the store was away: \(lost.milliseconds) ms without an answer, \(healed.milliseconds) ms when it came back"
        )
        #expect(lost < Self.undisturbed, "\(lab.logs)")
        #expect(healed < Self.undisturbed, "\(lab.logs)")
        #expect(epochs.last == epoch, "the lease went to another holder")
        #expect(count(Self.byLease) > byLease, "\(lab.logs)")
    }

    /// Without the store one silent member ends the promises: the active one stops, and the balancer with it.
    func loseStoreAndMember(epoch: UInt64) async throws {
        let active = try #require(try await lab.status().activeHosts(of: "counter").first)
        let standby = try #require(["alpha", "beta"].first { $0 != active })
        try await lab.fault("kill", Self.store)
        await pass(Self.lease * 2)
        let start = ContinuousClock.now
        try await lab.fault("kill", standby)
        let moment = ContinuousClock.now
        await pass(Self.lease * 4)
        let answers = client.samples.filter { $0.isAnswered && $0.end > start }
        let last = try #require(answers.map(\.end).max(), "clients were served until the member was lost")
        print("the store and a member were lost: the last answer came \((last - moment).milliseconds) ms later")
        #expect(last - moment < Self.stepDown, "\(lab.logs)")
        let status = try await lab.status()
        #expect(status.activeHosts(of: "counter") == [], "nobody acts")
        #expect(status.listener("counter", on: Self.host)?.backends.contains(where: \.eligible) == false)

        try await lab.fault("heal", Self.store)
        try await lab.fault("heal", standby)
        try await lab.wait("somebody is active again") { $0.isReady }
        try await settle()
        #expect(try #require(epochs.last) > epoch, "a lease that ran out was taken anew")
    }

    // MARK: - The checks

    /// Members write down when they were active.
    func checkThatNeverTwoWereActive() throws {
        let log = try ActivityLog(folder: lab.topologyFolder + "/activity")
        #expect(log.intervals.count >= 2, "the lease was taken anew: \(log.intervals)")
        #expect(log.violations.isEmpty, "\(log.intervals)")
        // Once: clients go on meanwhile.
        let epochs = epochs
        #expect(epochs == epochs.sorted(), "a client went back to an older epoch")
    }

    /// How often the balancer that carries the traffic has said so.
    private func count(_ words: String) -> Int {
        lab.folder.text(of: "state/hagen/quickstart/logs/\(Self.host)-balancer.log").ranges(of: words).count
    }

    /// How long a fault lasts, not how long something may take.
    private func pass(_ duration: Duration) async { _ = await eventually(within: duration) { false } }
}

extension Duration {
    fileprivate var milliseconds: Int64 { nanoseconds / 1_000_000 }
}
