import HagenSimulator
import Testing

/// Goal: every bug that is planted is found within 2,000 seeds, so that a bug of its kind would be found, too.
@Suite struct PlantedBugTests {
    @Test(arguments: PlantedBug.allCases) func isFound(_ bug: PlantedBug) throws {
        for seed: UInt64 in 0..<2000 {
            let life = Life(seed: seed, planted: bug)
            guard let violation = life.run().violation else { continue }
            print("\(bug.rawValue): found by seed \(seed): \(violation)")
            // Nothing else is wrong in such a world: what clients were told is all that gives it away.
            if bug == .acknowledgedBeforeWritten { #expect(violation.rule == .linearizable) }
            return
        }
        Issue.record("2000 seeds did not find the planted bug \(bug.rawValue)")
    }

    /// Goal: the story of a failure has few faults, and its plan alone leads there again.
    @Test func storyIsSmallAndRepeats() throws {
        let bug = PlantedBug.deadlineFromAcknowledgement
        let seed = try #require((0..<2000).first { Life(seed: $0, planted: bug).run().violation != nil })
        let story = try #require(FailureStory(of: Life(seed: seed, planted: bug)))
        print(story)
        #expect(story.life.plan.faults.count <= 2)
        let plan = try #require(FaultPlan(story.life.plan.description))
        #expect(plan == story.life.plan)
        #expect(Life(seed: seed, planted: bug, plan: plan).run().violation == story.outcome.violation)
    }
}
