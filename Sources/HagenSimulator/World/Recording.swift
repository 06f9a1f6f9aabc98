internal import Hagen
internal import HagenEngine

/// What happened in a world, for people: words in their order, and the phases of every host and of the store.
package struct Recording: Sendable {
    package struct Entry: Sendable {
        package var moment: VirtualTime
        /// `nil`: the store or the network.
        package var host: Int?
        package var text: String
    }

    /// What a host is, as one sees it from far away.
    package enum HostPhase: String, Sendable, CaseIterable {
        case down, frozen, withoutMember, withoutAgent, starting, watching, securing, active, serving, clearing,
            releasing, holding
    }

    package enum StorePhase: String, Sendable, CaseIterable { case available, unavailable }

    package struct Span<Phase: Sendable>: Sendable {
        package var start: VirtualTime
        package var phase: Phase
        /// Of the workload that serves; 0 for everything else.
        package var epoch: UInt64 = 0
    }

    package let hostNames: [String]
    package internal(set) var plan: FaultPlan
    package internal(set) var entries: [Entry] = []
    package internal(set) var hosts: [[Span<HostPhase>]]
    package internal(set) var store: [Span<StorePhase>] = []
    /// Where the store's leader is, as an index of a host.
    package internal(set) var leader: [Span<Int>] = []
    /// Whether clients are served.
    package internal(set) var service: [Span<Bool>] = []
    /// The host that each fault of the plan hit, once it began.
    package internal(set) var victims: [Int: Int] = [:]

    init(settings: WorldSettings, plan: FaultPlan) {
        hostNames = settings.hosts.map(\.name)
        self.plan = plan
        hosts = settings.hosts.map { _ in [] }
    }

    mutating func began(_ fault: Int, on host: Int?) { if let host { victims[fault] = host } }

    /// The words as lines, each with its moment and host.
    package func story(atMost limit: Int = 60) -> String {
        let shown = entries.suffix(limit)
        let omitted = entries.count - shown.count
        let width = hostNames.map(\.count).max() ?? 0
        let lines = shown.map { entry in
            let host = entry.host.map { hostNames[$0] } ?? "-"
            return
                "  \(Self.time(entry.moment))  \(host + String(repeating: " ", count: max(width - host.count, 0)))  \(entry.text)"
        }
        return (omitted > 0 ? ["  (\(omitted) earlier lines are left out)"] : []).joined() + (omitted > 0 ? "\n" : "")
            + lines.joined(separator: "\n")
    }

    /// Seconds with microseconds, such as ` 2.125003`.
    private static func time(_ moment: VirtualTime) -> String {
        let microseconds = moment / 1000
        let fraction = String(microseconds % 1_000_000)
        let seconds = String(microseconds / 1_000_000)
        return String(repeating: " ", count: max(3 - seconds.count, 0)) + seconds + "."
            + String(repeating: "0", count: 6 - fraction.count) + fraction
    }
}

extension World {
    mutating func recordPhases() {
        for host in hosts.indices {
            let phase = phase(of: host)
            let epoch = phase == .serving ? hosts[host].workload?.epoch ?? 0 : 0
            if let last = recording?.hosts[host].last, last.phase == phase, last.epoch == epoch { continue }
            recording?.hosts[host].append(.init(start: now, phase: phase, epoch: epoch))
        }
        let leader = store.leader ?? 0
        let storePhase: Recording.StorePhase = hasMajority(leader) ? .available : .unavailable
        if recording?.store.last?.phase != storePhase { recording?.store.append(.init(start: now, phase: storePhase)) }
        let leaderHost = store.members[leader]
        if recording?.leader.last?.phase != leaderHost {
            recording?.leader.append(.init(start: now, phase: leaderHost))
        }
        let isServed = reachableServing != nil
        if recording?.service.last?.phase != isServed { recording?.service.append(.init(start: now, phase: isServed)) }
    }

    private func phase(of index: Int) -> Recording.HostPhase {
        let host = hosts[index]
        if now < host.downUntil { return .down }
        if now < host.frozenUntil { return .frozen }
        guard host.isMember else { return .withoutMember }
        if isServing(index) { return .serving }
        guard let agent = host.agent else { return .withoutAgent }
        if agent.member.hold != nil { return .holding }
        switch agent.member.phase {
        case .detached, .adopting: return .starting
        case .watching, .finished: return .watching
        case .securing: return .securing
        case .active: return .active
        case .clearing: return .clearing
        case .releasing: return .releasing
        }
    }
}
