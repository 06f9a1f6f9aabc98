/// Makes a plan of faults as small as it can be and still lead to a violation (delta debugging; Zeller and Hildebrandt,
/// Simplifying and Isolating Failure-Inducing Input, 2002): first faults are left out, then the rest is shortened.
package struct Shrinker {
    /// Lives that may be tried.
    private let limit: Int
    private var tried = 0

    package init(limit: Int = 300) { self.limit = limit }

    /// - Parameter fails: lives with that plan, and tells whether a rule was broken.
    package mutating func shrink(_ plan: FaultPlan, fails: (FaultPlan) -> Bool) -> FaultPlan {
        var best = plan
        dropFaults(&best, fails)
        shorten(&best, fails)
        dropFaults(&best, fails)
        return best
    }

    private mutating func accepts(_ plan: FaultPlan, _ fails: (FaultPlan) -> Bool) -> Bool {
        guard tried < limit else { return false }
        tried += 1
        return fails(plan)
    }

    private mutating func dropFaults(_ plan: inout FaultPlan, _ fails: (FaultPlan) -> Bool) {
        var chunk = max(plan.faults.count / 2, 1)
        while true {
            var start = 0
            while start < plan.faults.count {
                var smaller = plan
                smaller.faults.removeSubrange(start..<min(start + chunk, plan.faults.count))
                if accepts(smaller, fails) { plan = smaller } else { start += chunk }
            }
            if chunk == 1 { return }
            chunk /= 2
        }
    }

    /// Halves what can be halved, and takes off less and less.
    private mutating func shorten(_ plan: inout FaultPlan, _ fails: (FaultPlan) -> Bool) {
        for index in plan.faults.indices {
            var step = plan.faults[index].length / 2
            while step > Span.millisecond {
                var shorter = plan
                shorter.faults[index].length -= step / Span.microsecond * Span.microsecond
                if accepts(shorter, fails) { plan = shorter }
                step = min(step, plan.faults[index].length) / 2
            }
        }
    }
}
