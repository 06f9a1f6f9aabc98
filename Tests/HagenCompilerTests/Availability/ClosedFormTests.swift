import Hagen
import HagenCompiler
import Testing

/// Goal: the formula gives the very figures that can be written down by hand.
struct ClosedFormTests {
    private typealias Sample = AvailabilityTopologies

    private func unavailability(_ topology: Model.Topology) throws -> Double {
        try #require(AvailabilityModel(topology).unavailability(of: topology.clusters[0]))
    }

    private func expectEqual(_ found: Double, _ expected: Double, _ what: String = "", within tolerance: Double = 1e-15)
    {
        #expect(abs(found - expected) <= max(1e-9 * expected, tolerance), "\(what): \(found), expected \(expected)")
    }

    /// The chance that fewer than `least` of `count` independent parts are there, each with the probability.
    private func fewer(than least: Int, of count: Int, each probability: Double) -> Double {
        (0..<least).reduce(0) { sum, healthy in
            var term = 1.0
            for step in 0..<healthy { term = term * Double(count - step) / Double(step + 1) * probability }
            for _ in 0..<(count - healthy) { term *= 1 - probability }
            return sum + term
        }
    }

    /// Goal: k out of n, with hosts that fail alone, and with workloads that fail on hosts that are up.
    @Test(arguments: [(1, 1), (1, 2), (2, 3), (3, 3), (3, 5), (7, 10), (150, 200), (199, 200)])
    func kOutOfN(least: Int, count: Int) throws {
        let topology = Sample.one(
            .loadBalancing, zones: (0..<count).map { "z\($0)" }, minimum: least,
            host: Sample.failing(every: 1000, for: 30), workload: Sample.failing(every: 500, for: 5))
        expectEqual(
            try unavailability(topology), fewer(than: least, of: count, each: 0.97 * 0.99), "\(least) of \(count)")
    }

    /// Goal: hosts of one zone are lost together: 2 of 3 where one zone has two of them.
    @Test func sharedZone() throws {
        let topology = Sample.one(
            .loadBalancing, zones: ["a", "a", "b"], minimum: 2, host: Sample.failing(every: 100, for: 10),
            zone: Sample.failing(every: 100, for: 1))
        let (host, zone) = (0.9, 0.99)
        // Both zones up and two of three hosts, or zone a alone with both of its hosts.
        let both = zone * zone * (1 - fewer(than: 2, of: 3, each: host))
        expectEqual(try unavailability(topology), 1 - both - zone * (1 - zone) * host * host)
    }

    /// Goal: planned work takes out one host at a time: all of a cluster of one, none of a cluster that can spare one.
    @Test func plannedWork() throws {
        let work = Model.PlannedWork(every: .seconds(100), duration: .seconds(1))
        expectEqual(try unavailability(Sample.one(.loadBalancing, zones: ["a"], work: work)), 0.01)
        expectEqual(try unavailability(Sample.one(.loadBalancing, zones: ["a", "b"], work: work)), 0)
        expectEqual(try unavailability(Sample.one(.loadBalancing, zones: ["a", "b"], minimum: 2, work: work)), 0.02)
        let failing = Sample.one(
            .loadBalancing, zones: ["a", "b"], host: Sample.failing(every: 100, for: 10), work: work)
        // While one is worked on, the other alone decides.
        expectEqual(try unavailability(failing), 0.98 * 0.01 + 0.02 * 0.1)
        let more = Model.PlannedWork(every: .seconds(100), duration: .seconds(90))
        expectEqual(try unavailability(Sample.one(.loadBalancing, zones: ["a", "b"], minimum: 2, work: more)), 1)
    }

    /// Goal: a balancer is in series, and where it stands on the members' hosts, one host's loss is counted once.
    @Test func balancers() throws {
        let host = Sample.failing(every: 100, for: 10)
        let workload = Sample.failing(every: 100, for: 20)
        let four = Sample.one(
            .loadBalancing, zones: ["a", "b", "c", "d"], members: [0, 1], host: host, workload: workload)
        let members = 1 - (1 - 0.9 * 0.8) * (1 - 0.9 * 0.8)
        expectEqual(try unavailability(four.balanced(on: [2, 3])), 1 - members * 0.99, "hosts of its own")
        let shared = 0.81 * (1 - 0.04) + 2 * 0.09 * 0.8
        expectEqual(try unavailability(four.balanced(on: [0, 1])), 1 - shared, "the members' hosts")
    }

    /// Goal: balancers to one target stand in for each other; those to different targets are all needed.
    @Test func alternativeBalancers() throws {
        let host = Sample.failing(every: 100, for: 10)
        let zones = ["a", "b", "c", "d"]
        let four = Sample.one(.loadBalancing, zones: zones, members: [0, 1], host: host)
        let members = 1 - 0.01
        let both = try unavailability(four.balanced(on: [2, 3]))
        expectEqual(both, 1 - members * 0.99)
        expectEqual(try unavailability(four.balanced(on: [2]).balanced(on: [3])), both, "one on each host")
        expectEqual(try unavailability(four.balanced(on: [2]).balanced(on: [2, 3])), both, "overlapping")
        let leased = Sample.one(.activePassive, zones: zones, members: [0, 1], host: host, lease: .nanoseconds(4))
            .coordinated(on: [])
        let one = try unavailability(leased.balanced(on: [2]))
        let apart = try unavailability(leased.balanced(on: [2]).balanced(on: [3], role: .active))
        expectEqual(1 - apart, (1 - one) * 0.9, "two targets")
        expectEqual(
            try unavailability(leased.balanced(on: [2]).balanced(on: [2, 3], role: .active)), one, "supersets")
        expectEqual(
            try unavailability(leased.balanced(on: [2]).balanced(on: [3], role: .standbys)), one, "the standbys'")
    }

    /// Goal: a balancer for the programs of its own host is nobody's way in, except where every address is a loopback one.
    @Test func loopbackBalancers() throws {
        var topology = Sample.one(
            .loadBalancing, zones: ["a", "b", "c"], members: [0, 1], host: Sample.failing(every: 100, for: 10)
        ).balanced(on: [2])
        expectEqual(try unavailability(topology), 1 - 0.99 * 0.9, "for everybody")
        topology.balancers[0].listen = "127.0.0.1:80"
        expectEqual(try unavailability(topology), 0.01, "for its host")
        topology.hosts[2].address = "127.0.0.13/8"
        expectEqual(try unavailability(topology), 1 - 0.99 * 0.9, "on one machine")
    }

    /// Goal: an active-passive cluster pays the lease for each loss of its active member, and the start that is declared.
    @Test func takeovers() throws {
        let process = Model.ProcessWorkload(command: ["/bin/x"], startTime: .seconds(5))
        let topology = Sample.one(
            .activePassive, zones: ["a", "b"], host: Sample.failing(every: 100_000, for: 1000), lease: .seconds(10),
            process: process
        ).coordinated(on: [])
        // Both gone, and in the rest of the time one loss each 99,000 s that costs 15 s, while the other is there.
        let backed = 0.99 * 0.99
        let expected = 1 - 2 * 0.99 * 0.01 - backed / (1 + 15.0 / 99_000)
        // Parts that fail once in a century cost a little too.
        expectEqual(try unavailability(topology), expected, within: 1e-8)
        let single = Sample.one(
            .activePassive, zones: ["a"], host: Sample.failing(every: 100, for: 1), lease: .seconds(10)
        ).coordinated(on: [])
        expectEqual(try unavailability(single), 0.01, "nobody takes over")
    }

    /// Goal: a lost store lets a cluster go on only while nothing else is lost.
    @Test func stores() throws {
        let host = Sample.failing(every: 1 << 20, for: 1 << 17)
        let (up, down) = (0.875, 0.125)
        let hot = Model.ProcessWorkload(command: ["/bin/x"], standby: .hot)
        func cluster(_ zones: [String], members: [Int]) -> Model.Topology {
            Sample.one(.activeActive, zones: zones, members: members, host: host, process: hot)
        }
        // The store runs on the first host by name.
        expectEqual(
            try unavailability(cluster(["a", "b", "c"], members: [1, 2])),
            1 - up * (1 - down * down) - down * up * up, "embedded")
        let own = cluster(["a", "b", "c"], members: [0, 1, 2]).coordinated(on: [0, 1, 2])
        expectEqual(try unavailability(own), fewer(than: 2, of: 3, each: up), "a lone member has no quorum")
        let apart = cluster(["a", "b", "c", "d", "e"], members: [3, 4]).coordinated(on: [0, 1, 2])
        let quorum = 1 - fewer(than: 2, of: 3, each: up)
        expectEqual(
            try unavailability(apart), 1 - quorum * (1 - down * down) - (1 - quorum) * up * up, "failsafe")
    }

    /// Goal: writes of a synchronous database need their acknowledgements, unless it says that it goes on without.
    @Test func acknowledgements() throws {
        var topology = Sample.one(
            .loadBalancing, zones: ["a", "b", "c"], host: Sample.failing(every: 100, for: 10))
        topology.clusters[0].replication = Model.Replication(mode: .synchronous, acknowledgements: 1)
        expectEqual(try unavailability(topology), fewer(than: 2, of: 3, each: 0.9))
        topology.clusters[0].replication?.onDegraded = .continue
        expectEqual(try unavailability(topology), 0.001)
    }

    /// Goal: what the downtime is due to adds up, and the largest share is what hurts most.
    @Test func shares() throws {
        let topology = Sample.one(
            .loadBalancing, zones: ["a", "a", "b"], minimum: 2, host: Sample.failing(every: 10_000, for: 10),
            zone: Sample.failing(every: 10_000, for: 10))
        let expectation = try #require(AvailabilityModel(topology).expectation(of: topology.clusters[0]))
        #expect(abs(expectation.shares.reduce(0) { $0 + $1.fraction } - 1) < 1e-9)
        let largest = try #require(expectation.shares.first)
        #expect(largest.cause == .zone && largest.names == ["a"])
        #expect(largest.subject == "zone a, which holds 2 of 3 members")
        #expect(largest.fraction > 0.9)
        // Without zone a's failures any one of three hosts, or zone b, may be lost.
        #expect(largest.unavailabilityWithout < expectation.unavailability / 100)
        // Two hosts that no figure tells apart are judged together.
        let even = Sample.one(.loadBalancing, zones: ["a", "b"], minimum: 2, host: Sample.failing(every: 100, for: 1))
        let shares = try #require(AvailabilityModel(even).expectation(of: even.clusters[0])?.shares)
        #expect(shares.map(\.names) == [["h0", "h1"]] && shares[0].fraction == 1)
        #expect(shares[0].subject == "hosts h0 and h1, each by itself")
    }

    /// Goal: what is not there, or cannot be, has no figure instead of a wrong one.
    @Test func noFigure() {
        var topology = Sample.one(.loadBalancing, zones: ["a"])
        topology.clusters[0].members.append(Model.Member(host: "nowhere"))
        #expect(AvailabilityModel(topology).expectation(of: topology.clusters[0]) == nil)
        topology.clusters[0].members = []
        #expect(AvailabilityModel(topology).expectation(of: topology.clusters[0]) == nil)
    }

    /// Goal: figures are rounded so that they never look better than they are.
    @Test func texts() {
        #expect(AvailabilityText.percent(unavailability: 0.0007) == "99.93 %")
        #expect(AvailabilityText.percent(unavailability: 0.000_149) == "99.985 %")
        #expect(AvailabilityText.percent(unavailability: 0.000_101, target: Ratio(percent: 99.99)) == "99.989 %")
        #expect(AvailabilityText.percent(unavailability: 0.000_000_2) == "99.99998 %")
        #expect(AvailabilityText.percent(unavailability: 0) == "100.00 %")
        #expect(AvailabilityText.percent(unavailability: 0, target: Ratio(percent: 100)) == "100.00 %")
        #expect(AvailabilityText.percent(unavailability: 0.001, target: Ratio(percent: 99.9)) == "99.90 %")
        #expect(AvailabilityText.percent(unavailability: 1) == "0.00 %")
        #expect(AvailabilityText.time(259.2) == "4m19s")
        #expect(AvailabilityText.time(25_920) == "7h12m")
        #expect(AvailabilityText.time(0.4) == "under 1s")
    }
}
