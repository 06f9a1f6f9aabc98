package import Hagen

/// The share of time in which a cluster serves what it promises, and what the rest is made of.
package struct ExpectedAvailability: Equatable, Sendable {
    /// 0 to 1.
    package var unavailability: Double
    package var availability: Double { 1 - unavailability }
    /// The largest first; they add up to 1 where anything is lost at all.
    package var shares: [Share]

    /// What a part of the downtime is due to.
    ///
    /// It is the downtime that would be gone if the part never failed, in relation to that of all parts together. Where
    /// two parts must fail at once either would take all of it away, so it is a measure of what to mend first, not a
    /// count of incidents.
    package struct Share: Equatable, Sendable {
        package enum Cause: Equatable, Sendable {
            case zone
            /// The endpoints of an external workload share a zone that nobody named.
            case unknownZone
            case host
            case workload
            /// What takeovers and moves of virtual IPs take.
            case takeover
            case plannedWork
        }
        package var cause: Cause
        /// Zones or hosts that no figure tells apart, sorted; empty for other causes.
        package var names: [String]
        /// Of all of them together, 0 to 1.
        package var fraction: Double
        /// Members of the cluster in each, and of how many.
        package var members, memberCount: Int
        /// Members of the store in each, where the cluster needs it, and of how many.
        package var stores, storeCount: Int
        /// The unavailability if one of them never failed.
        package var unavailabilityWithout: Double
    }
}

/// Computes expected availability from a topology: its assumptions, and what every cluster depends on.
package struct AvailabilityModel: Sendable {
    package let assumptions: FailureAssumptions
    private let zoneOfHost: [String: String]
    private let balancersOfCluster: [String: [Model.Balancer]]
    private let storeHosts: [String]

    /// The hosts are judged as declared, wherever the topology is meant to run: the lab is one machine.
    package init(_ topology: Model.Topology) {
        assumptions = FailureAssumptions(topology.assumptions)
        zoneOfHost = Dictionary(
            topology.hosts.map { ($0.name, $0.zone) }, uniquingKeysWith: { first, _ in first })
        let loopbackHosts = Set(
            topology.hosts.filter { AddressWithPrefix($0.address)?.address.isLoopback == true }.map(\.name))
        // A balancer for the programs of its own host is nobody's way in, and shares their fate. In a topology on one
        // machine every address is a loopback one.
        balancersOfCluster = Dictionary(
            grouping: topology.balancers.filter { balancer in
                balancer.listen.parsed?.address?.isLoopback != true
                    || balancer.hosts.allSatisfy(loopbackHosts.contains)
            }, by: \.target.cluster)
        storeHosts = topology.storeHosts(.declared)
    }

    /// `nil` where the cluster has no member, or a host that it depends on is not declared.
    package func expectation(of cluster: Model.Cluster) -> ExpectedAvailability? {
        formula(of: cluster).map { formula in
            let unavailability = formula.unavailability()
            return ExpectedAvailability(
                unavailability: unavailability, shares: formula.shares(of: unavailability))
        }
    }

    /// The unavailability alone, which is much less work.
    package func unavailability(of cluster: Model.Cluster) -> Double? { formula(of: cluster)?.unavailability() }

    private func formula(of cluster: Model.Cluster) -> AvailabilityFormula? {
        ServiceStructure(
            cluster, zoneOfHost: zoneOfHost, storeHosts: storeHosts,
            balancers: balancersOfCluster[cluster.name] ?? []
        ).map { AvailabilityFormula($0, assumptions) }
    }
}
