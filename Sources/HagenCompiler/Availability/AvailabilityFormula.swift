internal import Hagen

/// The expected unavailability of one cluster.
///
/// Zones fail independently of each other; given that its zone is up, so does each host; given that its host is up, so
/// does each workload. So the state of the parts that a cluster needs is the sum of independent zones, each a mixture of
/// "all its hosts are gone" and the sum of its independent hosts (`HealthDistribution`): exact, and linear in the number
/// of hosts. Where a cluster is reached through a balancer, or needs the store, the hosts that carry them are in the same
/// sum, with their members, so that what shares a fate is counted once.
///
/// Added to it:
/// - Planned work takes one host out of service at a time, each as often and as long as assumed; where all hosts of a
///   cluster together would take longer than there is time, there is always one out.
/// - An active-passive cluster counts a takeover at its worst-case time for every loss of its active member's host or
///   zone while another member is left, for every end of its workload (restarts in place: the time that a workload is
///   assumed to take to be back), and two switchovers, a stop and a start each, for every round of planned work. The active
///   member alternates between serving and being replaced: with losses at a rate r that each cost a time t, it serves a
///   share 1 / (1 + r t) of the time in which anybody could.
/// - A virtual IP of a balancer takes its worst-case time to move, once for every loss of the host that has it.
/// - The store is failsafe: without it, or without its quorum, a cluster goes on while all its members are there, and
///   stops with the first that is lost.
///
/// Not counted: single requests that fail until a check takes a member out, the failures of Hagen's own processes and of
/// the network between hosts that are up, and mistakes of people.
struct AvailabilityFormula: Sendable {
    /// What is taken never to fail, to see what is due to it.
    enum Perfect: Equatable, Sendable {
        case nothing
        case zone(Int)
        /// One host of a class of a zone.
        case host(zone: Int, hostClass: Int)
        case workload, takeover, plannedWork
    }

    let structure: ServiceStructure
    private let assumptions: FailureAssumptions
    private let shape: HealthDistribution.Shape
    /// The states of each zone's hosts while the zone is up, of each zone, and of all together: what most of the
    /// questions share.
    private let upStates: [[HealthDistribution.Entry]]
    private let zoneStates: [[HealthDistribution.Entry]]
    private let allStates: [HealthDistribution.Entry]

    init(_ structure: ServiceStructure, _ assumptions: FailureAssumptions) {
        self.structure = structure
        self.assumptions = assumptions
        // Whether another member is left to take over matters too.
        let members = structure.recovery == nil ? structure.requiredMembers : max(structure.requiredMembers, 2)
        shape = .init(
            flags: structure.flagCount, members: min(members, structure.memberCount + 1),
            stores: structure.requiredStores)
        let states = ZoneStates(structure, assumptions, shape)
        upStates = structure.zones.indices.map { states.up($0) }
        zoneStates = zip(structure.zones.indices, upStates).map { states.mixed($0, up: $1) }
        allStates = Self.together(zoneStates, shape)
    }

    private static func together(
        _ zones: [[HealthDistribution.Entry]], _ shape: HealthDistribution.Shape
    ) -> [HealthDistribution.Entry] {
        var total = HealthDistribution(shape)
        for zone in zones { total.add(zone) }
        return total.entries
    }

    private func states(if perfect: Perfect) -> [HealthDistribution.Entry] {
        let states = ZoneStates(structure, assumptions, shape)
        var zones = zoneStates
        switch perfect {
        case .nothing, .takeover, .plannedWork: return allStates
        case .workload where !structure.countsWorkloads: return allStates
        case .workload:
            zones = zones.indices.map { states.mixed($0, up: states.up($0, workloadsAreHealthy: true)) }
        case .zone(let index): zones[index] = upStates[index]
        case .host(let index, let number):
            zones[index] = states.mixed(index, up: states.up(index, perfectHostOf: number))
        }
        return Self.together(zones, shape)
    }

    func unavailability(if perfect: Perfect = .nothing) -> Double {
        let work = perfect == .plannedWork ? 0 : plannedShare
        // Parts of the time: nobody serves, somebody does with nobody to take over, and with somebody. What is lost is
        // added up by itself: one less a sum would lose the digits of what is small.
        var (down, alone, backed) = (0.0, 0.0, 0.0)
        for entry in states(if: perfect) {
            let share = (1 - Double(hostCount) * work) * entry.steady + work * entry.planned
            if !structure.serves(entry) {
                down += share
            } else if entry.members > 1 {
                backed += share
            } else {
                alone += share
            }
        }
        let (aloneLoss, backedLoss) = takeovers(perfect)
        down += alone * aloneLoss / (1 + aloneLoss) + backed * backedLoss / (1 + backedLoss)
        let reach = 1 / (1 + addressMoves(perfect))
        return min(max(down + (1 - down) * (1 - reach), 0), 1)
    }

    // MARK: Planned work

    private var hostCount: Int { structure.zones.reduce(0) { $0 + $1.hostCount } }

    /// The share of time in which there is work on one given host.
    private var plannedShare: Double {
        let every = assumptions.maintenance.every.seconds
        guard every > 0, hostCount > 0 else { return 0 }
        return min(max(assumptions.maintenance.duration.seconds, 0) / every, 1 / Double(hostCount))
    }

    // MARK: Takeovers

    /// How long the active member's losses last in relation to the time in which it serves: where it has nobody to take
    /// over from it, and where it has.
    private func takeovers(_ perfect: Perfect) -> (alone: Double, backed: Double) {
        guard let recovery = structure.recovery else { return (0, 0) }
        let workloadRate = perfect == .workload ? 0 : assumptions.workload.failuresPerSecond
        let alone = workloadRate * assumptions.workload.meanTimeToRepair.seconds
        guard let hostLoss = recovery.hostLoss, let switchover = recovery.switchover else { return (alone, alone) }
        if perfect == .takeover { return (alone, recovery.restartsInPlace ? alone : 0) }
        let start = recovery.startIsUnknown ? assumptions.start.seconds : 0
        let mending =
            recovery.restartsInPlace
            ? assumptions.workload.meanTimeToRepair.seconds
            : (recovery.workloadHang ?? recovery.workloadEnd ?? .zero).seconds + start
        let every = assumptions.maintenance.every.seconds
        let work =
            perfect == .plannedWork || every <= 0 ? 0 : Self.switchoversPerRound * (switchover.seconds + start) / every
        let losses = lossesPerSecond(perfect) { $0.isCandidate } * (hostLoss.seconds + start)
        return (alone, losses + workloadRate * mending + work)
    }

    /// While every host is worked on once: away from the preferred member, and on from the one that took over.
    private static let switchoversPerRound = 2.0

    private func addressMoves(_ perfect: Perfect) -> Double {
        guard structure.hasAddress, perfect != .takeover else { return 0 }
        return lossesPerSecond(perfect) { $0.carriesAddress } * Model.Balancer.addressMove.seconds
    }

    /// How often the one that is active is lost with its host or zone, when each of those that may be is so for an equal
    /// share of the time.
    private func lossesPerSecond(_ perfect: Perfect, _ isOne: (ServiceStructure.Role) -> Bool) -> Double {
        let count = structure.zones.reduce(0) { $0 + $1.count { isOne($0) ? 1 : 0 } }
        guard count > 0 else { return 0 }
        var hosts = Double(count)
        var zones = Double(count)
        switch perfect {
        case .zone(let index): zones -= Double(structure.zones[index].count { isOne($0) ? 1 : 0 })
        case .host(let index, let number): hosts -= isOne(structure.zones[index].classes[number].role) ? 1 : 0
        case .nothing, .workload, .takeover, .plannedWork: break
        }
        return (hosts * assumptions.host.failuresPerSecond + zones * assumptions.zone.failuresPerSecond) / Double(count)
    }
}
