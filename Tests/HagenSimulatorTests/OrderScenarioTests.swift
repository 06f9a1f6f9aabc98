import Hagen
import HagenSimulator
import Testing

/// Goal: what operators order happens as they ordered it, and fencing never ends everybody.
@Suite struct OrderScenarioTests {
    private let settings = WorldSettings.threeHosts

    @Test func switchover() {
        Exercise(
            name: "switchover, hot standby", settings: settings.hot.with { $0.workload.stop = .milliseconds(5) },
            faults: [Fault(.switchover, .active, at: .zero, for: .zero)], recovery: .milliseconds(40), failover: true
        ).run { result, seed in #expect(result.after?.host != result.before.host, "seed \(seed)") }
    }

    @Test func drain() {
        Exercise(
            name: "drain of the active member's host",
            faults: [Fault(.drained, .active, at: .zero, for: .seconds(3))], recovery: .milliseconds(100),
            failover: true
        ).run { result, seed in #expect(result.after?.host != result.before.host, "seed \(seed)") }
    }

    /// While a cluster is paused nobody takes over, not even from a host that is lost.
    @Test func pause() {
        Exercise(
            name: "host lost while paused",
            faults: [
                Fault(.paused, .active, at: .zero, for: .seconds(4)),
                Fault(.lostHost, .active, at: .milliseconds(300), for: .seconds(10)),
            ], recovery: .milliseconds(4200), failover: true
        ).run { result, seed in
            #expect(result.recovery > .milliseconds(3900), "seed \(seed)")
        }
    }

    /// The lost host is known to be off before its lease is over.
    @Test func fencingBeatsTheLease() {
        Exercise(
            name: "lost host, fenced", settings: settings.leading(1).with { $0.fencing = WorldSettings.Fencing() },
            faults: [Fault(.lostHost, .active, at: .zero, for: .seconds(4))],
            recovery: RecoveryBound.takeover(.threeHosts), failover: true
        ).run()
    }

    /// Two members that do not hear each other both suspect the other; one of them at most is ended.
    @Test func twoMembersFencingEachOther() {
        let two = settings.with {
            $0.hosts[2].isMember = false
            $0.hosts[2].isCandidate = false
            $0.fencing = WorldSettings.Fencing()
        }
        Exercise(
            name: "two members fencing each other", settings: two,
            faults: [Fault(.cutFromMembers, .active, at: .zero, for: .seconds(4))], recovery: .seconds(2)
        ).run()
        Exercise(
            name: "two members fencing each other over a cut", settings: two,
            faults: [Fault(.cutPath, .host(0), at: .zero, for: .seconds(4))], recovery: .seconds(3)
        ).run()
    }

    /// The preferred member gets the lease back once it has been ready for a while.
    @Test func giveBack() {
        Exercise(
            name: "given back to the preferred member",
            settings: settings.hot.with {
                $0.hosts[0].priority = 200
                $0.giveBackAfter = .seconds(3)
                $0.workload.stop = .milliseconds(5)
            },
            faults: [
                Fault(.lostHost, .host(0), at: .zero, for: .seconds(2)),
                // Time for the way back.
                Fault(.duplication, .everything, at: .seconds(2), for: .seconds(7)),
            ], recovery: .seconds(9), failover: true
        ).run { result, seed in #expect(result.after?.host == 0, "seed \(seed)") }
    }
}
