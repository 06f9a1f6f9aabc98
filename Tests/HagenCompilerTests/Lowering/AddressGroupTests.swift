import Hagen
import HagenCompiler
import Testing

/// Goal: virtual IPs that no workload carries spread over the hosts, and those of a lost host over the others.
struct AddressGroupTests {
    /// The order in which hosts may carry each address, the first one first.
    private func orders(_ virtualIPs: [Model.VirtualIP]) throws -> [[String]] {
        let hosts = ["h1", "h2", "h3"]
        let topology = Model.Topology(
            name: "spread",
            hosts: hosts.enumerated().map { Model.Host(name: $1, address: "10.0.0.\($0 + 1)/24", zone: $1) },
            clusters: [
                Model.Cluster(
                    name: "web", kind: .activeActive, workload: SampleTopologies.process(["bin/web"], port: 80),
                    members: hosts.map { Model.Member(host: $0) }, virtualIPs: virtualIPs)
            ])
        let host = try #require(Lowering.lower(topology, placement: .declared).hosts.first?.failover)
        return host.clusters.filter { $0.mode == .addresses }.map { group in
            group.members.sorted { $0.priority > $1.priority }.map(\.host)
        }
    }

    @Test func everyHostIsFirstAndTheAddressesOfALostOneSpread() throws {
        let orders = try orders((1...6).map { Model.VirtualIP(address: "10.0.0.10\($0)", interface: "eth0") })
        #expect(orders.map(\.first) == ["h1", "h2", "h3", "h1", "h2", "h3"])
        #expect(Set(orders).count == 6, "\(orders)")
    }

    /// Two that prefer the same host, next to each other in the list, must not fall to the same other host.
    @Test(arguments: ["h1", "h2", "h3"]) func preferredOnesSpreadToo(host: String) throws {
        let orders = try orders(
            (1...2).map { Model.VirtualIP(address: "10.0.0.10\($0)", interface: "eth0", prefers: host) })
        #expect(orders.map(\.first) == [host, host])
        #expect(orders[0][1] != orders[1][1], "\(orders)")
    }
}
