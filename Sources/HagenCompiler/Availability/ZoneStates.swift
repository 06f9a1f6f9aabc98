internal import Hagen

/// How likely each state is of the parts that a cluster has in one zone.
struct ZoneStates {
    private let structure: ServiceStructure
    private let assumptions: FailureAssumptions
    private let shape: HealthDistribution.Shape

    init(_ structure: ServiceStructure, _ assumptions: FailureAssumptions, _ shape: HealthDistribution.Shape) {
        self.structure = structure
        self.assumptions = assumptions
        self.shape = shape
    }

    /// Of a zone that is up.
    ///
    /// - Parameter perfectHostOf: the class of which one host never fails.
    func up(_ index: Int, perfectHostOf perfect: Int? = nil, workloadsAreHealthy: Bool = false)
        -> [HealthDistribution.Entry]
    {
        let zone = structure.zones[index]
        let workloadDown =
            structure.countsWorkloads && !workloadsAreHealthy ? assumptions.workload.unavailability : 0
        var states = HealthDistribution(
            .init(
                flags: shape.flags, members: min(shape.members, zone.count(\.members)),
                stores: min(shape.stores, zone.count { $0.isStore ? 1 : 0 })))
        for (number, hostClass) in zone.classes.enumerated() {
            let host = host(hostClass.role, hostDown: assumptions.host.unavailability, workloadDown)
            for _ in 1..<max(hostClass.hosts.count, 1) { states.add(host) }
            states.add(number == perfect ? self.host(hostClass.role, hostDown: 0, workloadDown) : host)
        }
        return states.entries
    }

    /// Of a zone that is up or down.
    func mixed(_ index: Int, up: [HealthDistribution.Entry]) -> [HealthDistribution.Entry] {
        let zone = structure.zones[index]
        let down = assumptions.zone.unavailability
        guard down > 0 else { return up }
        let lost = HealthDistribution.Entry(
            flags: zone.classes.reduce(0) { $0 | $1.role.flagsWhenLost }, members: 0, stores: 0, steady: down,
            planned: down * Double(zone.hostCount))
        return up.map { entry in
            var entry = entry
            entry.steady *= 1 - down
            entry.planned *= 1 - down
            return entry
        } + [lost]
    }

    /// Of one host.
    private func host(
        _ role: ServiceStructure.Role, hostDown: Double, _ workloadDown: Double
    ) -> [HealthDistribution.Entry] {
        // How many of its members run: one, or a few that fail independently (binomial, built up one by one).
        var running = [1.0]
        for _ in 0..<role.members {
            var next = Array(repeating: 0.0, count: running.count + 1)
            for (count, probability) in running.enumerated() {
                next[count] += probability * workloadDown
                next[count + 1] += probability * (1 - workloadDown)
            }
            running = next
        }
        var states = running.enumerated().map { count, probability in
            HealthDistribution.Entry(
                flags: role.flags, members: count, stores: role.isStore ? 1 : 0,
                steady: (1 - hostDown) * probability, planned: 0)
        }
        states.append(.init(flags: role.flagsWhenLost, members: 0, stores: 0, steady: hostDown, planned: 1))
        return states.filter { $0.steady > 0 || $0.planned > 0 }
    }
}
