internal import Hagen

/// What a person gets to see of a seed that broke a rule: the rule, the smallest plan, what happened, how to see it again.
package struct FailureStory: Sendable, CustomStringConvertible {
    package let life: Life
    package let outcome: Life.Outcome
    package let faultsBefore: Int

    /// - Returns: `nil` where the life breaks no rule.
    package init?(of life: Life) {
        guard life.run().violation != nil else { return nil }
        var shrinker = Shrinker()
        let plan = shrinker.shrink(life.plan) { plan in
            Life(seed: life.seed, settings: life.settings, plan: plan).run().violation != nil
        }
        let smallest = Life(seed: life.seed, settings: life.settings, plan: plan)
        self.life = smallest
        outcome = smallest.run(isRecorded: true)
        faultsBefore = life.plan.faults.count
    }

    package var description: String {
        let settings = life.settings
        let gate = settings.hasPermitGate ? "with" : "without"
        return """
            seed \(life.seed) breaks a rule: \(outcome.violation?.description ?? "none")
            \(life.plan.faults.count) of \(faultsBefore) faults are enough: \(life.plan)
            lease \(settings.timing.duration.text), \(settings.workload.standby.rawValue) standby, \(gate) the kernel's gate
            \(outcome.recording?.story() ?? "")
            """
    }
}
