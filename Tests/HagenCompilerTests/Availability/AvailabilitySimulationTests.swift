import Hagen
import HagenCompiler
import Testing

/// Goal: what the formula expects is what happens, within 1 % of the unavailability; the figures are printed.
///
/// Parts fail so often here that a run sees some hundred thousand outages: their sum is then known to a few tenths of a
/// percent.
struct AvailabilitySimulationTests {
    private typealias Sample = AvailabilityTopologies

    static let names = [
        "2 of 3, one zone with two", "3 of 5 with workloads", "balancer on the members' hosts", "planned work",
        "active-passive, takeovers", "active-passive, workloads that end", "active-passive, switchovers",
        "active-passive, distributed store", "active-active, embedded store",
    ]

    private static func topology(_ name: String) -> Model.Topology {
        let hour = 3600
        let host = Sample.failing(every: 20 * hour, for: 5 * hour)
        let zone = Sample.failing(every: 60 * hour, for: 3 * hour)
        let process = Model.ProcessWorkload(command: ["/bin/x"], startTime: .seconds(60))
        switch name {
        case "2 of 3, one zone with two":
            return Sample.one(.loadBalancing, zones: ["a", "a", "b"], minimum: 2, host: host, zone: zone)
        case "3 of 5 with workloads":
            return Sample.one(
                .loadBalancing, zones: ["a", "a", "b", "b", "c"], minimum: 3, host: host, zone: zone,
                workload: Sample.failing(every: 20 * hour, for: 2 * hour))
        case "balancer on the members' hosts":
            return Sample.one(
                .loadBalancing, zones: ["a", "b", "b", "c"], members: [0, 1, 2], minimum: 2, host: host, zone: zone,
                workload: Sample.failing(every: 20 * hour, for: hour)
            ).balanced(on: [0, 1]).balanced(on: [1, 3])
        case "planned work":
            return Sample.one(
                .loadBalancing, zones: ["a", "b", "c"], minimum: 2, host: host, zone: zone,
                work: Model.PlannedWork(every: .seconds(24 * hour), duration: .seconds(2 * hour)))
        case "active-passive, takeovers":
            return Sample.one(
                .activePassive, zones: ["a", "b", "c"], host: host, zone: zone, lease: .seconds(360), process: process
            ).coordinated(on: [])
        case "active-passive, workloads that end":
            return Sample.one(
                .activePassive, zones: ["a", "b"], host: host, workload: Sample.failing(every: 6 * hour, for: hour / 4),
                lease: .seconds(60), process: process
            ).coordinated(on: [])
        case "active-passive, switchovers":
            return Sample.one(
                .activePassive, zones: ["a", "b", "c"], host: Sample.failing(every: 10_000 * hour, for: hour),
                work: Model.PlannedWork(every: .seconds(48 * hour), duration: .seconds(hour)), lease: .seconds(60),
                process: Model.ProcessWorkload(command: ["/bin/x"], stopTimeout: .seconds(60), startTime: .seconds(60))
            ).coordinated(on: [])
        case "active-passive, distributed store":
            return Sample.one(
                .activePassive, zones: ["a", "b", "c", "c"], members: [0, 1, 3], host: host, zone: zone,
                lease: .seconds(60), process: process
            ).coordinated(on: [0, 1, 2])
        default:
            return Sample.one(
                .activeActive, zones: ["a", "b", "c"], minimum: 2, host: host, zone: zone,
                workload: Sample.failing(every: 20 * hour, for: hour))
        }
    }

    @Test(arguments: names) func formulaAgrees(name: String) throws {
        let topology = Self.topology(name)
        let expected = try #require(AvailabilityModel(topology).unavailability(of: topology.clusters[0]))
        var simulation = LifeSimulation(topology, seed: 20_240_607)
        // Three hosts are seldom all gone, so it takes more events to see that often.
        let found = simulation.unavailability(events: name == "active-passive, takeovers" ? 3_000_000 : 1_000_000)
        let difference = (found - expected) / expected
        print(
            "\(name): expected \(expected), simulated \(found), difference \(Int((difference * 1e5).rounded())) in 100,000"
        )
        #expect(abs(difference) < 0.01, "\(name): expected \(expected), simulated \(found)")
    }
}
