import Foundation
import Hagen
import HagenEngine
import HagenSimulator
import Testing

/// Goal: whatever fails, no acknowledged write is lost in synchronous mode, and never more than the stated bound in asynchronous
/// mode; and when nothing fails any more the cluster serves. A failing seed prints how it came to that.
///
/// `HAGEN_SEEDS` sets how many seeds are tried in all, a hundredth of them, and at least 20, with each policy.
@Suite struct ReplicatedSeedTests {
    static let seedCount = max(
        20, ProcessInfo.processInfo.environment["HAGEN_SEEDS"].flatMap(UInt64.init).map { $0 / 100 } ?? 0)
    static let policies: [ReplicationPolicy] = [
        .synchronous(acknowledgements: 1, onDegraded: .block),
        .synchronous(acknowledgements: 2, onDegraded: .block),
        .asynchronous(maximumLagInBytes: 160),
    ]

    @Test(arguments: policies) func keepsItsPromise(_ policy: ReplicationPolicy) {
        var (promotions, acknowledged, lost) = (0, 0, 0)
        for seed: UInt64 in 0..<Self.seedCount {
            let outcome = ReplicatedLife(seed: seed, policy: policy).run()
            promotions += outcome.promotions
            acknowledged += outcome.acknowledged
            lost += outcome.lost
            guard let violation = outcome.violation else { continue }
            Issue.record("seed \(seed): \(violation)\n\(outcome.story.suffix(60).joined(separator: "\n"))")
            return
        }
        print(
            "\(policy): \(Self.seedCount) seeds, \(promotions) promotions, \(acknowledged) acknowledged, \(lost) lost within the bound"
        )
        #expect(promotions > 2 * Int(Self.seedCount) && acknowledged > 1_600 * Int(Self.seedCount))
        #expect(policy.isSynchronous ? lost == 0 : lost > 0)
    }

    @Test func onePrimaryMayGoOnAlone() {
        // What it wrote alone is with it alone: nobody else is promoted until it is back.
        let policy = ReplicationPolicy.synchronous(acknowledgements: 1, onDegraded: .continue)
        for seed: UInt64 in 0..<Self.seedCount / 2 {
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
