import Hagen
import HagenCompiler
import Testing

/// Goal: judging objectives takes a time that grows with the topology and no faster; the figures are printed.
struct AvailabilityScaleTests {
    /// Goal: 1,000 clusters of 10 members behind balancers, each with an objective that is missed, the worst case.
    @Test func thousandClusters() throws {
        let small = try measured(clusters: 100)
        let large = try measured(clusters: 1000)
        print("objectives judged: 100 in \(small.text), 1,000 in \(large.text) (debug build)")
        #expect(large < .seconds(60))
    }

    private func measured(clusters count: Int) throws -> Duration {
        let topology = Self.topology(clusters: count)
        let clock = ContinuousClock()
        var missed = 0
        let time = clock.measure {
            let model = AvailabilityModel(topology)
            for (objective, cluster) in zip(topology.objectives, topology.clusters) {
                if model.judge(objective, of: cluster)?.isMissed == true { missed += 1 }
            }
        }
        #expect(missed == count)
        return time
    }

    /// Goal: a cluster of 200 members, in three zones and in two hundred.
    @Test(arguments: [3, 200]) func twoHundredMembers(zones: Int) throws {
        let topology = AvailabilityTopologies.one(
            .loadBalancing, zones: (0..<200).map { "z\($0 % zones)" }, minimum: 150,
            host: AvailabilityTopologies.failing(every: 100, for: 20),
            zone: AvailabilityTopologies.failing(every: 1000, for: 1))
        let clock = ContinuousClock()
        var expectation: ExpectedAvailability?
        let time = clock.measure { expectation = AvailabilityModel(topology).expectation(of: topology.clusters[0]) }
        print("200 members in \(zones) zones: \(time.text) (debug build)")
        #expect(try #require(expectation).unavailability > 0.01)
        #expect(time < .seconds(30))
    }

    /// Goal: half of 5,000 members are needed, in three zones, which is quick however many states there could be; and the
    /// figure is that of the zones, as hosts that fail alone never take half of them away.
    @Test func fiveThousandMembers() throws {
        let topology = AvailabilityTopologies.one(
            .loadBalancing, zones: (0..<5000).map { "z\($0 % 3)" }, minimum: 2500,
            host: AvailabilityTopologies.failing(every: 180 * 86_400, for: 7200),
            zone: AvailabilityTopologies.failing(every: 1000, for: 1))
        let clock = ContinuousClock()
        var unavailability: Double?
        let time = clock.measure {
            unavailability = AvailabilityModel(topology).unavailability(of: topology.clusters[0])
        }
        print("2,500 of 5,000 members: \(time.text) (debug build)")
        let expected = 3 * 0.999 * 1e-6 + 1e-9
        #expect(abs(try #require(unavailability) - expected) < 1e-15)
        #expect(time < .seconds(10))
    }

    static func topology(clusters count: Int) -> Model.Topology {
        let hosts = (0..<count).map { index in
            Model.Host(name: "host\(index)", address: "10.\(index / 250).0.\(index % 250 + 1)/8", zone: "z\(index % 3)")
        }
        let clusters = (0..<count).map { number in
            Model.Cluster(
                name: "cluster\(number)", kind: .loadBalancing,
                workload: SampleTopologies.process(["/usr/bin/x"], port: 8080),
                members: (0..<10).map { Model.Member(host: "host\((number + $0) % count)") }, minimumHealthy: 7)
        }
        return Model.Topology(
            name: "large", hosts: hosts, clusters: clusters,
            balancers: clusters.enumerated().map { number, cluster in
                Model.Balancer(
                    name: "balancer\(number)", hosts: ["host\(number)", "host\((number + 1) % count)"],
                    wireProtocol: .tcp, listen: 80, target: Model.Target(cluster: cluster.name))
            },
            objectives: clusters.map {
                Model.Objective(name: $0.name, cluster: $0.name, availability: Ratio(percent: 99.9999))
            })
    }
}
