import Foundation
import Hagen
import HagenEngine
import Testing

/// Goal: whatever the network, the store, the agents and the hosts do, two members never act at once (rules 1, 2, 3 and
/// 7), epochs only grow (rule 5), and once the faults stop somebody acts soon.
///
/// `HAGEN_SEEDS` sets how many seeds are tried, `HAGEN_SEED` tries a single one.
@Suite struct FailoverSimulationTests {
    static let seeds: [UInt64] = {
        let environment = ProcessInfo.processInfo.environment
        if let seed = environment["HAGEN_SEED"].flatMap(UInt64.init) { return [seed] }
        return (0..<(environment["HAGEN_SEEDS"].flatMap(UInt64.init) ?? 1000)).map { $0 }
    }()

    /// Four shares of the seeds, tried side by side.
    @Test(arguments: 0..<4) func neverTwoAtOnceAndSoonOneAgain(share: Int) {
        var activations = 0
        let seeds = Self.seeds.enumerated().filter { $0.offset % 4 == share }.map(\.element)
        for seed in seeds {
            do {
                activations += try Self.live(seed, planted: nil)
            } catch {
                Issue.record("seed \(seed): \(error)")
                break
            }
        }
        print("\(seeds.count) seeds, \(activations) activations")
        // A world in which nobody ever acts would pass all checks.
        #expect(activations >= seeds.count * 2)
    }

    @Test(arguments: [LeasedMember.PlantedFault.deadlineFromAcknowledgement, .swapAgainstFreshRevision])
    func plantedBugIsFound(_ planted: LeasedMember.PlantedFault) {
        for seed: UInt64 in 0..<3000 {
            do {
                _ = try Self.live(seed, planted: planted)
            } catch {
                print("\(planted): found by seed \(seed): \(error)")
                return
            }
        }
        Issue.record("3000 seeds did not find the planted bug \(planted)")
    }

    /// Goal: an agent that is restarted within the permit finds its workload, which acts on in the same epoch.
    @Test func adoptedWorkloadSurvives() throws {
        for seed: UInt64 in 0..<500 {
            var world = FailoverWorld(seed: seed, planted: nil, faultsFor: .zero)
            try world.run(until: .seconds(8))
            let (active, epoch) = try #require(world.acting.first, "seed \(seed)")
            let activations = world.activations
            world.restartAgent(active, downFor: .milliseconds(Int(seed % 200)))
            try world.run(until: .seconds(14))
            #expect(world.acting == [active: epoch], "seed \(seed)")
            #expect(world.activations == activations, "seed \(seed)")
        }
    }

    /// - Returns: how often a member became active.
    static func live(_ seed: UInt64, planted: LeasedMember.PlantedFault?) throws -> Int {
        var world = FailoverWorld(seed: seed, planted: planted)
        let calm = Duration.nanoseconds(world.faultsEnd)
        // The last fault may still be under way, for 3 s each; a member whose workload failed often waits 30 s.
        let bound: Duration = world.crashesWorkloads ? .seconds(38) : .milliseconds(8500)
        var end = calm
        // Settled is not enough for a moment: the same one has to act for longer than a lease.
        while (world.actsFor ?? .zero) < .seconds(2) {
            guard end < calm + bound else {
                let reasons = world.hosts.map { "\($0.name): \($0.member?.hold ?? $0.member?.reason ?? "down")" }
                throw FailoverWorld.Violation(
                    description:
                        "nobody acts \(bound.text) after the faults stopped: \(reasons.joined(separator: ", "))")
            }
            end += .milliseconds(250)
            try world.run(until: end)
        }
        return world.activations
    }
}
