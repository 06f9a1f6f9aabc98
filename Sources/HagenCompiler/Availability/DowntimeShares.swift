internal import Hagen

/// What the downtime is due to: the formula again, each time with one part that never fails.
extension AvailabilityFormula {
    func shares(of unavailability: Double) -> [ExpectedAvailability.Share] {
        guard unavailability > 0 else { return [] }
        var shares = zoneShares() + hostShares()
        for (cause, perfect) in [
            (ExpectedAvailability.Share.Cause.workload, Perfect.workload), (.takeover, .takeover),
            (.plannedWork, .plannedWork),
        ] {
            shares.append(share(cause, [], without: perfect))
        }
        // For now a fraction holds nothing: it follows from what all of them take away.
        let gains = shares.map { max(unavailability - $0.unavailabilityWithout, 0) * Double(max($0.names.count, 1)) }
        let sum = gains.reduce(0, +)
        guard sum > 0 else { return [] }
        for index in shares.indices { shares[index].fraction = gains[index] / sum }
        // A share of nothing is the rounding of sums.
        return shares.filter { $0.fraction > 1e-6 }
            .sorted { ($1.fraction, $0.names.first ?? "") < ($0.fraction, $1.names.first ?? "") }
    }

    /// Zones that hold the same are judged once.
    private func zoneShares() -> [ExpectedAvailability.Share] {
        let zones = structure.zones
        let groups = Dictionary(grouping: zones.indices) { index in
            Dictionary(zones[index].classes.map { ($0.role, $0.hosts.count) }, uniquingKeysWith: +)
        }
        return groups.values.sorted { ($0.first ?? 0) < ($1.first ?? 0) }.compactMap { indices in
            guard let first = indices.first else { return nil }
            let isKnown = zones[first].name != nil
            return share(
                isKnown ? .zone : .unknownZone, indices.compactMap { zones[$0].name },
                members: zones[first].count(\.members), stores: zones[first].count { $0.isStore ? 1 : 0 },
                without: .zone(first))
        }
    }

    /// Hosts of the same role in zones that hold the same are judged once.
    private func hostShares() -> [ExpectedAvailability.Share] {
        let zones = structure.zones
        struct Kind: Hashable {
            var zone: [ServiceStructure.Role: Int]
            var role: ServiceStructure.Role
        }
        var groups: [Kind: (zone: Int, hostClass: Int, hosts: [String])] = [:]
        for (index, zone) in zones.enumerated() {
            let content = Dictionary(zone.classes.map { ($0.role, $0.hosts.count) }, uniquingKeysWith: +)
            for (number, hostClass) in zone.classes.enumerated() {
                groups[Kind(zone: content, role: hostClass.role), default: (index, number, [])].hosts += hostClass.hosts
            }
        }
        return groups.values.sorted { ($0.zone, $0.hostClass) < ($1.zone, $1.hostClass) }.map { group in
            let role = zones[group.zone].classes[group.hostClass].role
            return share(
                .host, group.hosts.sorted(), members: role.members, stores: role.isStore ? 1 : 0,
                without: .host(zone: group.zone, hostClass: group.hostClass))
        }
    }

    private func share(
        _ cause: ExpectedAvailability.Share.Cause, _ names: [String], members: Int = 0, stores: Int = 0,
        without perfect: Perfect
    ) -> ExpectedAvailability.Share {
        ExpectedAvailability.Share(
            cause: cause, names: names, fraction: 0, members: members, memberCount: structure.memberCount,
            stores: stores, storeCount: structure.storeCount,
            unavailabilityWithout: unavailability(if: perfect))
    }
}
