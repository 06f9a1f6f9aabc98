internal import Hagen

/// What a person gets to see of an exercise that broke a rule: the rule, the smallest plan that still breaks one, and what
/// happened.
package struct DrillStory: Sendable, CustomStringConvertible {
    package let fault: Fault.Kind
    package let drill: Drill
    package let violation: Violation
    package let recording: Recording?

    /// - Returns: `nil` where the exercise breaks no rule.
    package init?(of fault: Fault.Kind, seed: UInt64, on day: GameDay) {
        func drill(_ plan: FaultPlan) -> Drill {
            Drill(seed: seed, settings: day.settings, plan: plan, patience: day.bound(of: fault).total)
        }
        func breaks(_ plan: FaultPlan) -> Bool { day.violation(of: drill(plan).run(), fault) != nil }
        let whole = day.plan(fault)
        guard breaks(whole) else { return nil }
        var shrinker = Shrinker()
        let smallest = drill(shrinker.shrink(whole, fails: breaks))
        let result = smallest.run(isRecorded: true)
        guard let violation = day.violation(of: result, fault) else { return nil }
        self.fault = fault
        self.drill = smallest
        self.violation = violation
        recording = result.recording
    }

    package var description: String {
        """
        \(fault.rawValue), seed \(drill.seed) breaks a rule: \(violation)
        the smallest plan that breaks one: \(drill.plan)
        \(recording?.story(atMost: 80) ?? "")
        """
    }
}
