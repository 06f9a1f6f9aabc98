import Hagen
import HagenEngine
import HagenSimulator
import Testing

/// Goal: whatever fails, no acknowledged write is lost in synchronous mode, and never more than the stated bound in asynchronous
/// mode; and when nothing fails any more the cluster serves. A failing seed prints how it came to that.
@Suite struct ReplicatedSeedTests {
    static let policies: [ReplicationPolicy] = [
        .synchronous(acknowledgements: 1, onDegraded: .block),
        .synchronous(acknowledgements: 2, onDegraded: .block),
        .asynchronous(maximumLagInBytes: 160),
    ]

    @Test(arguments: policies) func keepsItsPromise(_ policy: ReplicationPolicy) {
        var (promotions, acknowledged, lost) = (0, 0, 0)
        for seed: UInt64 in 0..<60 {
            let outcome = ReplicatedLife(seed: seed, policy: policy).run()
            promotions += outcome.promotions
            acknowledged += outcome.acknowledged
            lost += outcome.lost
            guard let violation = outcome.violation else { continue }
            Issue.record("seed \(seed): \(violation)\n\(outcome.story.suffix(60).joined(separator: "\n"))")
            return
        }
        print(
            "\(policy): 60 seeds, \(promotions) promotions, \(acknowledged) acknowledged, \(lost) lost within the bound"
        )
        #expect(promotions > 120 && acknowledged > 100_000)
        #expect(policy.isSynchronous ? lost == 0 : lost > 0)
    }

    @Test func onePrimaryMayGoOnAlone() {
        // What it wrote alone is with it alone: nobody else is promoted until it is back.
        let policy = ReplicationPolicy.synchronous(acknowledgements: 1, onDegraded: .continue)
        for seed: UInt64 in 0..<30 {
            let outcome = ReplicatedLife(seed: seed, policy: policy).run()
            guard let violation = outcome.violation else { continue }
            Issue.record("seed \(seed): \(violation)\n\(outcome.story.suffix(60).joined(separator: "\n"))")
            return
        }
    }

    @Test func lifeIsDeterminedByItsSeed() {
        let life = ReplicatedLife(seed: 11, policy: Self.policies[0])
        #expect(life.run() == life.run())
    }

    @Test(arguments: [LeasedMember.PlantedFault.highestTimelineWins])
    func plantedBugIsFound(_ planted: LeasedMember.PlantedFault) {
        for seed: UInt64 in 0..<2000 {
            let outcome = ReplicatedLife(seed: seed, policy: Self.policies[0], planted: planted).run()
            guard let violation = outcome.violation else { continue }
            print("\(planted.rawValue): found by seed \(seed): \(violation)")
            return
        }
        Issue.record("2000 seeds did not find the planted bug \(planted.rawValue)")
    }
}
