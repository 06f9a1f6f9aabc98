import Hagen
import HagenCompiler
import Testing

/// Goal: everything that a topology leaves open is chosen, in one way, whatever the order of its parts.
struct LoweringTests {
    private let shop = Lowering.lower(SampleTopologies.shop, placement: .declared)
    private let lab = Lowering.lower(SampleTopologies.shop, placement: .loopback)

    /// Goal: a declared host keeps its address, and a listener without one takes it where hosts share a machine.
    @Test func declaredAddresses() throws {
        #expect(shop.hosts.map(\.address) == ["127.0.0.11", "127.0.0.12", "127.0.0.13"])
        let web = try #require(shop.hosts[1].balancer?.listeners.first { $0.name == "web" })
        #expect(web.listen.map(\.description) == ["127.0.0.12:80"])
        #expect(shop.hosts.compactMap(\.monitor).map(\.listen.description).allSatisfy { $0.hasSuffix(":9464") })
        #expect(shop.hosts[0].monitor?.listen.description == "127.0.0.11:9464")
    }

    /// Goal: a host in a network listens on all its addresses for users, and on loopback alone for what has no TLS yet.
    @Test func networkAddresses() throws {
        let host = try #require(Lowering.lower(SampleTopologies.single, placement: .declared).hosts.first)
        let web = try #require(host.balancer?.listeners.first { $0.name == "web" })
        #expect(web.listen.map(\.description) == ["0.0.0.0:80"])
        #expect(web.backends.map(\.address.description) == ["10.0.0.5:8080"])
        #expect(host.monitor?.listen.description == "127.0.0.1:9464")
        #expect(host.coordinator?.listen.description == "127.0.0.1:2379")
        #expect(host.failover?.store?.endpoints == ["http://127.0.0.1:2379"])
        #expect(host.failover?.heartbeat?.peers == [], "nobody to greet, and a balancer to answer")
        #expect(host.failover?.heartbeat?.followers.map(\.host) == ["a1"])
        #expect(host.balancer?.agents?.key == Defaults.agentKey)
        #expect(host.balancer?.loops == nil)
    }

    /// Goal: in the lab every host has a loopback address, a low port moves up to a free one, and the store runs beside.
    @Test func loopbackAddresses() throws {
        let network = try #require(lab.hosts.first).address.split(separator: ".")[1]
        #expect(lab.hosts.map(\.address) == (1...3).map { "127.\(network).0.\($0)" })
        #expect((16...215).contains(Int(network) ?? 0))
        #expect(lab.coordinator?.listen.description == "127.\(network).255.1:2379")
        #expect(lab.coordinator?.host == "coordinator")
        #expect(lab.hosts.allSatisfy { $0.coordinator == nil })
        let web = try #require(lab.hosts[0].balancer?.listeners.first { $0.name == "web" })
        // 8080 is the port of the members of `api`, 8081 that of another balancer: port 80 becomes the next free one.
        #expect(web.listen.map(\.description) == ["127.\(network).0.1:8082"])
        let old = try #require(lab.hosts[2].balancer?.listeners.first)
        #expect(old.listen.map(\.description) == ["127.\(network).0.3:8081"])
        #expect(lab.hosts[0].balancer?.store?.endpoints == ["http://127.\(network).255.1:2379"])
        #expect(lab.hosts[0].balancer?.store?.prefix == "/hagen/shop/")
    }

    /// Goal: the text of the hash function is fixed for ever: another one would move every lab.
    @Test func labNetworkIsStable() {
        let addresses = ["shop", "quickstart", ""].map { name in
            AddressPlan(Model.Topology(name: name), placement: .loopback).labCoordinator.description
        }
        #expect(addresses == ["127.73.255.1:2379", "127.128.255.1:2379", "127.77.255.1:2379"])
    }

    /// Goal: candidates stand by priority, then name; backends by name.
    @Test func orders() throws {
        let ledger = try #require(shop.hosts[0].failover?.clusters.first { $0.name == "ledger" })
        #expect(ledger.members.map(\.host) == ["b1", "a1", "c1"])
        #expect(ledger.members.map(\.candidate) == [true, true, false])
        #expect(ledger.lease == LeaseTiming(duration: .seconds(1), renew: .milliseconds(250), stop: .milliseconds(800)))
        let old = try #require(shop.hosts[2].balancer?.listeners.first)
        #expect(old.backends.map(\.name) == ["10.0.9.1:8080", "10.0.9.2:8080"])
    }

    /// Goal: an engine has a configuration exactly where it has work, and only who follows a lease gets a store.
    @Test func enginesWhereTheyHaveWork() throws {
        #expect(
            shop.hosts.map(\.engines) == [
                [.coordinator, .failover, .balancer, .monitor], [.failover, .balancer, .monitor],
                [.failover, .balancer, .monitor],
            ])
        #expect(shop.hosts[0].balancer?.store != nil)
        #expect(shop.hosts[2].balancer?.store == nil)
        #expect(
            shop.hosts[0].failover?.heartbeat?.peers.map(\.address.description) == [
                "127.0.0.12:7946", "127.0.0.13:7946",
            ])
        var topology = SampleTopologies.shop
        topology.clusters.removeAll { $0.name == "ledger" }
        topology.balancers.removeAll { $0.name == "ledger-rw" }
        topology.hosts.append(Model.Host(name: "idle", address: "127.0.0.14/8", zone: "eu-1a"))
        let release = Lowering.lower(topology, placement: .loopback)
        #expect(release.coordinator == nil)
        #expect(release.hosts.first { $0.name == "idle" }?.engines == [])
        #expect(release.hosts.allSatisfy { $0.failover?.store == nil && $0.failover?.heartbeat == nil })
    }

    /// Goal: a balancer that sends to the active member can ask that cluster's agents, and they know it; nobody else does.
    @Test func balancersAskAgents() throws {
        let release = Lowering.lower(SampleTopologies.shop, placement: .declared)
        let ledger = try #require(SampleTopologies.shop.clusters.first { $0.name == "ledger" })
        for host in release.hosts {
            let follows = host.balancer?.listeners.contains { if case .active = $0.selection { true } else { false } }
            let agents = host.balancer?.agents
            #expect((agents != nil) == (follows ?? false), "\(host.name)")
            guard let agents else { continue }
            #expect(agents.peers.map(\.host) == ledger.members.map(\.host).sorted())
            #expect(agents.peers.allSatisfy { $0.address.port == Defaults.heartbeatPort })
            #expect(agents.address.description == host.address && agents.every == .milliseconds(100))
            #expect(agents.key == nil, "its hosts are on loopback")
            for member in ledger.members {
                let heartbeat = release.hosts.first { $0.name == member.host }?.failover?.heartbeat
                let follower = heartbeat?.followers.first { $0.host == host.name }
                #expect(follower?.address == agents.address, "\(member.host) answers \(host.name)")
            }
        }
        #expect(release.hosts.contains { $0.balancer?.agents != nil })
        #expect(release.hosts.contains { $0.balancer != nil && $0.balancer?.agents == nil })
    }

    /// Goal: a balancer follows the role that its target names.
    @Test func selections() throws {
        func selection(_ role: Model.Target.Role, _ kind: Model.Cluster.Kind) -> BalancerConfiguration.Selection? {
            var topology = SampleTopologies.shop
            topology.clusters[1].kind = kind
            topology.balancers[1].target.role = role
            return Lowering.lower(topology, placement: .declared).hosts[0].balancer?.listeners
                .first { $0.name == "ledger-rw" }?.selection
        }
        let duration = DurationText<Duration>(wrappedValue: .seconds(1))
        #expect(selection(.active, .activePassive) == .active(leaseDuration: duration))
        #expect(selection(.standbys, .activePassive) == .standbys(leaseDuration: duration))
        #expect(selection(.members, .activePassive) == .members)
        #expect(selection(.active, .activeActive) == .members)
    }

    /// Goal: the same topology told in another order is the same release, to the byte.
    @Test(arguments: Placement.allCases) func orderChangesNothing(placement: Placement) {
        var generator = SystemRandomNumberGenerator()
        let expected = Emitters.files(for: Lowering.lower(SampleTopologies.shop, placement: placement))
        for _ in 0..<20 {
            var topology = SampleTopologies.shop
            topology.hosts.shuffle(using: &generator)
            topology.clusters.shuffle(using: &generator)
            topology.balancers.shuffle(using: &generator)
            for index in topology.clusters.indices { topology.clusters[index].members.shuffle(using: &generator) }
            for index in topology.balancers.indices { topology.balancers[index].hosts.shuffle(using: &generator) }
            #expect(Emitters.files(for: Lowering.lower(topology, placement: placement)) == expected)
        }
    }
}
