import Foundation
import Hagen
import HagenSimulator
import Testing

/// Goal: whatever the network, the store, the disks, the processes and the hosts do, no rule of the safety page is broken,
/// and once the faults stop somebody acts soon.
///
/// `HAGEN_SEEDS` sets how many seeds are tried, `HAGEN_SEED` tries a single one, `HAGEN_PLAN` gives that one another plan.
@Suite struct SeedTests {
    static let environment = ProcessInfo.processInfo.environment
    static let seedCount = environment["HAGEN_SEEDS"].flatMap(UInt64.init) ?? 2000
    static let shares: UInt64 = 4

    @Test(.enabled(if: environment["HAGEN_SEED"] == nil), arguments: 0..<shares)
    func noRuleIsBroken(share: UInt64) {
        var lives: UInt64 = 0
        var (events, activations, elections) = (0, 0, 0)
        var length: VirtualTime = 0
        for seed in stride(from: share, to: Self.seedCount, by: UInt64.Stride(Self.shares)) {
            let outcome = Life(seed: seed).run()
            if outcome.violation != nil {
                Issue.record(Comment(rawValue: Self.story(of: Life(seed: seed))))
                return
            }
            lives += 1
            events += outcome.statistics.events
            activations += outcome.statistics.activations
            elections += outcome.statistics.elections
            length += outcome.length
        }
        let hours = String(format: "%.2f", Double(length) / 3.6e12)
        print(
            "\(lives) seeds, \(hours) virtual hours, \(events) events, \(activations) activations, \(elections) elections"
        )
        // A world in which nobody ever acts, or nothing ever fails, would pass all checks.
        #expect(activations >= Int(lives))
        #expect(elections >= Int(lives) / 10)
    }

    /// Beyond those of every run: a store put back from a copy gave an epoch twice, and a bound was too short.
    @Test(arguments: [42_489, 60_949, 82_443] as [UInt64]) func whatOnceBrokeARuleDoesNotAnyMore(seed: UInt64) {
        #expect(Life(seed: seed).run().violation == nil)
    }

    @Test(.enabled(if: environment["HAGEN_SEED"] != nil)) func oneSeed() throws {
        let seed = try #require(Self.environment["HAGEN_SEED"].flatMap(UInt64.init))
        let bug = Self.environment["HAGEN_BUG"].flatMap(PlantedBug.init)
        var life = Life(seed: seed, planted: bug)
        if let text = Self.environment["HAGEN_PLAN"] {
            life = Life(seed: seed, planted: bug, plan: try #require(FaultPlan(text), "no plan: \(text)"))
        }
        let outcome = life.run(isRecorded: true)
        print(outcome.recording?.story(atMost: 400) ?? "")
        #expect(outcome.violation == nil)
    }

    static func story(of life: Life) -> String {
        guard let story = FailureStory(of: life) else {
            return "seed \(life.seed) breaks no rule when it is lived again"
        }
        return """
            \(story)
            again: HAGEN_SEED=\(life.seed) HAGEN_PLAN='\(story.life.plan)' swift test --filter SeedTests
            """
    }
}
