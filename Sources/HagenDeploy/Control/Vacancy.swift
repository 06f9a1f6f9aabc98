package import Hagen

/// A cluster that nobody serves, as far as those agents know that answer.
package struct Vacancy: Equatable, Sendable {
    package var cluster: String
    /// Who holds the lease all the same, and whether that one's agent answers.
    package var holder: String?
    package var isHolderSilent = false
    package var isPaused = false
    /// What the last active member told of its end; `nil` where its agent told nothing, or does not answer.
    package var ending: EngineEvent?

    /// What ends a member's time as the active one.
    private static let endings: Set<EventKind> = [
        .released, .expired, .lost, .workloadEnded, .workloadKilled, .checkFailed, .stopped, .handover,
    ]

    package init(cluster: String) { self.cluster = cluster }

    /// - Parameter events: of the agents that answer, by time.
    /// - Returns: sorted by the cluster's name.
    package static func all(in status: LabStatus, events: [EngineEvent]) -> [Vacancy] {
        let seen = status.hosts.flatMap { host in host.clusters.map { (host: host.name, member: $0) } }
        let names = Set(seen.map { $0.member }.filter(\.mode.sharesLease).map(\.name)).sorted()
        return names.compactMap { name in
            let members = seen.filter { $0.member.name == name }
            guard !members.contains(where: { $0.member.role == .active }) else { return nil }
            var vacancy = Vacancy(cluster: name)
            // Who knows the highest epoch knows best.
            let holders = members.filter { $0.member.holder != nil }
            if let holder = holders.max(by: { $0.member.epoch < $1.member.epoch })?.member.holder {
                // Of a host that was not asked nothing can be said.
                guard status.hosts.contains(where: { $0.name == holder }) else { return nil }
                vacancy.holder = holder
                vacancy.isHolderSilent = !members.contains { $0.host == holder }
            }
            vacancy.isPaused = members.contains { $0.member.pause != nil }
            vacancy.ending = ending(of: name, in: events)
            return vacancy
        }
    }

    private static func ending(of cluster: String, in events: [EngineEvent]) -> EngineEvent? {
        let own = events.filter { $0.cluster == cluster }
        guard let start = own.lastIndex(where: { $0.kind == .active || $0.kind == .adopted }) else { return nil }
        return own[start...].first { $0.host == own[start].host && endings.contains($0.kind) }
    }

    /// In one line for a person.
    ///
    /// - Parameter time: how a moment is written.
    package func text(_ time: (WallTime) -> String) -> String {
        var text =
            isHolderSilent ? "nobody is known to be active for '\(cluster)'" : "nobody is active for '\(cluster)'"
        if let ending {
            let epoch = ending.epoch == 0 ? "" : " (epoch \(ending.epoch))"
            text += " since \(time(ending.time)): \(ending.host)\(epoch) \(ending.words)"
        }
        switch holder {
        case nil: text += "; nobody holds the lease"
        case let holder? where isHolderSilent: text += "; \(holder) holds the lease, and its agent does not answer"
        case let holder?: text += "; \(holder) holds the lease"
        }
        return isPaused ? text + "; it is paused: nobody takes over" : text
    }
}
