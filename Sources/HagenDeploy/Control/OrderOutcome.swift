internal import Foundation
package import Hagen

/// What became of an order, as the agents show it.
package struct OrderOutcome: Sendable {
    private static let pause: Duration = .milliseconds(5)
    private let agents: RunningAgents

    package init(of agents: RunningAgents) { self.agents = agents }

    package enum Switchover: Equatable, Sendable {
        case done(host: String, epoch: UInt64)
        /// The active member refused, in its words.
        case refused(String)
        case notInTime
    }

    /// Waits until another epoch's member is active with a workload that runs.
    ///
    /// - Parameters:
    ///   - epoch: the one that was to end.
    ///   - since: a moment before the order, by the clock of the agents.
    package func switchover(
        of cluster: String, from epoch: UInt64, since: WallTime, within limit: Duration
    ) async -> Switchover {
        let end = ContinuousClock.now + limit
        while ContinuousClock.now < end, !Task.isCancelled {
            for answer in await agents.answers() {
                guard let member = answer.cluster(cluster), member.epoch > epoch else { continue }
                if member.role == .active, member.isServing { return .done(host: answer.host, epoch: member.epoch) }
                // Where the new one's agent cannot be asked, its lease tells.
                if agents.isHost, let holder = member.holder { return .done(host: holder, epoch: member.epoch) }
            }
            let query = EventQuery(cluster: cluster, since: since)
            let refusal = await agents.events { _ in query }.events.last { $0.kind == .refused && $0.epoch == epoch }
            if let refusal { return .refused(refusal.words) }
            try? await Task.sleep(for: Self.pause)
        }
        return .notInTime
    }

    /// Waits until nothing that can be taken over is active on the host.
    ///
    /// - Returns: the clusters that are still active there when the time is up, sorted.
    package func drain(of host: String, within limit: Duration) async -> [String] {
        let end = ContinuousClock.now + limit
        while true {
            let answers = await agents.answers()
            let clusters = answers.flatMap(\.status.clusters).filter { $0.mode.sharesLease && $0.holder == host }
            let own = answers.first { $0.host == host }?.status.clusters.filter {
                $0.mode.sharesLease && $0.role == .active
            }
            let active = Set(clusters.map(\.name)).union(own?.map(\.name) ?? []).sorted()
            if active.isEmpty || ContinuousClock.now >= end || Task.isCancelled { return active }
            try? await Task.sleep(for: .milliseconds(20))
        }
    }
}

extension FailoverStatus.Cluster {
    fileprivate var isServing: Bool { workload == .running }
}
