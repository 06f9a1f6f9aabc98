import Hagen
import HagenSimulator
import Testing

/// A scenario, drilled with many seeds: which faults, and what its clients may notice of them.
struct Exercise {
    var name: String
    var settings = WorldSettings.threeHosts
    var faults: [Fault]
    /// Until clients are served for good, counted from the first fault.
    var recovery: Duration
    /// `nil`: either may happen.
    var failover: Bool?
    var seeds: UInt64 = 40

    /// Drills, and checks what holds for every exercise.
    ///
    /// - Returns: one result a seed.
    @discardableResult
    func run(_ also: (Drill.Result, UInt64) -> Void = { _, _ in }) -> [Drill.Result] {
        var results: [Drill.Result] = []
        for seed in 0..<seeds {
            let drill = Drill(seed: seed, settings: settings, plan: FaultPlan(faults))
            let result = drill.run()
            let problem = problem(with: result)
            if let problem {
                let story = drill.run(isRecorded: true).recording?.story(atMost: 80) ?? ""
                Issue.record("\(name), seed \(seed): \(problem)\n\(story)")
                return results
            }
            also(result, seed)
            results.append(result)
        }
        let recoveries = results.map(\.recovery).sorted()
        print(
            "\(name): median \(recoveries[recoveries.count / 2].text), longest \(recoveries[recoveries.count - 1].text)"
        )
        return results
    }

    private func problem(with result: Drill.Result) -> String? {
        if let violation = result.violation { return violation.description }
        if result.recovery > recovery {
            return "served again after \(result.recovery.text), not within \(recovery.text)"
        }
        guard let failover, failover != result.isFailover else { return nil }
        return failover ? "there was no failover" : "there was a failover to host \(result.after?.host ?? -1)"
    }
}

extension WorldSettings {
    func with(_ change: (inout WorldSettings) -> Void) -> WorldSettings {
        var settings = self
        change(&settings)
        return settings
    }

    /// The store's leader on that host.
    func leading(_ host: Int) -> WorldSettings { with { $0.store.leader = host } }

    var hot: WorldSettings { with { $0.workload.standby = .hot } }
}
