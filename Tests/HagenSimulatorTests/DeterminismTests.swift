import HagenSimulator
import Testing

/// Goal: a seed and a plan are the whole truth about a life: it can be lived again, and be written down.
@Suite struct DeterminismTests {
    @Test func sameSeedSameLife() {
        for seed: UInt64 in 0..<40 {
            let first = Life(seed: seed).run(isRecorded: true)
            let second = Life(seed: seed).run(isRecorded: true)
            #expect(first.statistics == second.statistics)
            #expect(first.recording?.story(atMost: 10_000) == second.recording?.story(atMost: 10_000))
            // To be watched changes nothing.
            #expect(Life(seed: seed).run().statistics == first.statistics)
        }
    }

    @Test func plansSurviveAsText() throws {
        for seed: UInt64 in 0..<200 {
            let plan = Life(seed: seed).plan
            #expect(FaultPlan(plan.description) == plan)
        }
        #expect(FaultPlan("") == FaultPlan.none)
        for text in [
            "1us lost-host active", "1us+1us lost-host", "1us+1us lost-host hostx", "1us+1us lost active",
            "-1us+1us lost-host active", "1us+1us loss everything 5", "99999999999us+1us lost-host active",
        ] {
            #expect(FaultPlan(text) == nil, "\(text)")
        }
    }
}
