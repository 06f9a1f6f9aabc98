import Foundation
import Hagen

/// Plays the life of one cluster event by event and measures how long it does not serve: what the formula is checked
/// against. It reads the topology by itself and shares no line with the formula.
///
/// Parts stay up for exponential times and are repaired in uniform ones, since only the means should matter.
struct LifeSimulation {
    /// A host, a zone or a workload that comes and goes.
    private struct Part {
        var isUp = true
        var change: Double
        let meanUp, meanDown: Double
    }

    private let cluster: Model.Cluster
    private let zoneOfHost: [Int]
    private let members: [Int]
    private let required: Int
    private let balancers: [[Int]]
    private let stores: [Int]
    private let isQuorum: Bool
    private let workEvery, workFor: Double
    private let lease, start, stop: Double
    private let workloadUp, workloadDown: Double

    private var random: SplitMix
    private var hosts: [Part] = []
    private var zones: [Part] = []
    private var workloads: [Part] = []
    private var worked: Int?
    /// Active-passive: who is active, from when on it serves, when its workload ends.
    private var active: Int?
    private var servesFrom = 0.0
    private var freeFrom = 0.0
    private var workloadEnd = 0.0

    init(_ topology: Model.Topology, seed: UInt64) {
        random = SplitMix(state: seed)
        cluster = topology.clusters[0]
        let names = topology.hosts.map(\.name)
        let zoneNames = Set(topology.hosts.map(\.zone)).sorted()
        func index(_ host: String) -> Int { names.firstIndex(of: host)! }
        zoneOfHost = topology.hosts.map { zoneNames.firstIndex(of: $0.zone)! }
        members = cluster.members.map { index($0.host) }
        required = cluster.minimumHealthy ?? 1
        balancers = Dictionary(grouping: topology.balancers, by: \.target.role).values
            .map { $0.flatMap(\.hosts).map(index) }
        let isLeased = cluster.kind == .activePassive || cluster.kind == .activeActive
        switch topology.coordination {
        case .etcd(let hosts, _):
            stores = hosts.map(index)
            isQuorum = true
        case .embedded:
            stores = isLeased ? [0] : []
            isQuorum = false
        }
        let assumptions = topology.assumptions!
        workEvery = assumptions.maintenance!.every.seconds
        workFor = assumptions.maintenance!.duration.seconds
        lease = cluster.failover.lease?.duration.seconds ?? 0
        if case .process(let process) = cluster.workload {
            start = process.startTime?.seconds ?? 0
            stop = process.stopTimeout?.seconds ?? 5
        } else {
            start = 0
            stop = 0
        }
        func means(_ failures: Model.Failures) -> (Double, Double) {
            let down = failures.meanTimeToRepair.seconds
            return (failures.meanTimeBetweenFailures.seconds - down, down)
        }
        (workloadUp, workloadDown) = means(assumptions.workload!)
        let (hostUp, hostDown) = means(assumptions.host!)
        let (zoneUp, zoneDown) = means(assumptions.zone!)
        hosts = names.map { _ in part(hostUp, hostDown) }
        zones = zoneNames.map { _ in part(zoneUp, zoneDown) }
        if cluster.kind != .activePassive { workloads = members.map { _ in part(workloadUp, workloadDown) } }
    }

    /// The share of time in which it does not serve.
    mutating func unavailability(events: Int) -> Double {
        var (now, down) = (0.0, 0.0)
        decide(at: 0)
        for _ in 0..<events {
            let next = nextChange(after: now)
            down += unserved(from: now, until: next)
            now = next
            apply(at: now)
            decide(at: now)
        }
        return down / now
    }

    // MARK: Events

    private mutating func part(_ meanUp: Double, _ meanDown: Double) -> Part {
        Part(change: random.exponential(meanUp), meanUp: meanUp, meanDown: meanDown)
    }

    /// The hosts take turns: each is worked on once in a period, at its own time in it.
    private func work(at time: Double) -> (host: Int?, change: Double) {
        let turn = workEvery / Double(hosts.count)
        let number = (time / turn + 1e-9).rounded(.down)
        let offset = time - number * turn
        let host = Int(number) % hosts.count
        return offset + 1e-6 < workFor ? (host, number * turn + workFor) : (nil, (number + 1) * turn)
    }

    private func nextChange(after now: Double) -> Double {
        var next = work(at: now).change
        if active != nil, workloadEnd < next { next = max(workloadEnd, now) }
        return min(next, Self.earliest(hosts), Self.earliest(zones), Self.earliest(workloads))
    }

    private static func earliest(_ parts: [Part]) -> Double {
        var earliest = Double.infinity
        var index = 0
        while index < parts.count {
            if parts[index].change < earliest { earliest = parts[index].change }
            index += 1
        }
        return earliest
    }

    private mutating func apply(at now: Double) {
        Self.toggle(&hosts, now, &random)
        Self.toggle(&zones, now, &random)
        Self.toggle(&workloads, now, &random)
        worked = work(at: now).host
    }

    private static func toggle(_ parts: inout [Part], _ now: Double, _ random: inout SplitMix) {
        var index = 0
        while index < parts.count {
            if parts[index].change <= now {
                let isUp = !parts[index].isUp
                parts[index].isUp = isUp
                parts[index].change =
                    now
                    + (isUp
                        ? random.exponential(parts[index].meanUp) : random.uniform(around: parts[index].meanDown))
            }
            index += 1
        }
    }

    // MARK: What the cluster does

    private func isUp(_ host: Int) -> Bool { hosts[host].isUp && zones[zoneOfHost[host]].isUp && worked != host }

    private mutating func decide(at now: Double) {
        guard cluster.kind == .activePassive else { return }
        if let holder = active {
            let isLost = !isUp(holder)
            guard isLost || workloadEnd <= now else { return }
            let others = members.filter { $0 != holder && isUp($0) }
            if isLost {
                // A switchover is prepared; any other loss is noticed when the lease has run out.
                freeFrom = now + (worked == holder && hosts[holder].isUp ? stop : lease)
                active = others.first
            } else if let next = others.first {
                freeFrom = now
                active = next
            } else {
                freeFrom = now + random.uniform(around: workloadDown) - start
            }
            servesFrom = max(now, freeFrom) + start
        } else {
            // Whoever is back serves: its repair took as long as it took to be there again.
            active = members.first(where: isUp)
            servesFrom = max(now, freeFrom)
        }
        guard active != nil else { return }
        workloadEnd = servesFrom + random.exponential(workloadUp)
    }

    private func unserved(from now: Double, until next: Double) -> Double {
        let span = next - now
        guard balancers.allSatisfy({ $0.contains(where: isUp) }) else { return span }
        if isQuorum {
            let hasQuorum = stores.count(where: isUp) > stores.count / 2 || stores.isEmpty
            guard hasQuorum || members.allSatisfy(isUp) else { return span }
        } else {
            guard stores.allSatisfy(isUp) else { return span }
        }
        if cluster.kind == .activePassive {
            guard active != nil else { return span }
            return min(max(servesFrom - now, 0), span)
        }
        let healthy = members.indices.count { isUp(members[$0]) && workloads[$0].isUp }
        return healthy >= required ? 0 : span
    }

    /// SplitMix64 (Steele, Lea, Flood 2014), so that a run comes again.
    private struct SplitMix {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
        /// 0 to 1, without 1.
        private mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }
        mutating func exponential(_ mean: Double) -> Double { -mean * log(1 - unit()) }
        /// Half to one and a half of the mean.
        mutating func uniform(around mean: Double) -> Double { (0.5 + unit()) * mean }
    }
}
