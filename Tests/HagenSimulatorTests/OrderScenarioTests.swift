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

    /// The preferred member fences at once: the lost holder is known to be off before its lease is over.
    @Test func preferredMemberFencesBeforeTheLeaseIsOver() {
        let fenced = settings.with { $0.fence() }
        Exercise(
            name: "lost host, fenced by the preferred member", settings: fenced.leading(0),
            faults: [
                // Another one than the preferred member is active when its host is lost.
                Fault(.drained, .host(0), at: .zero, for: .seconds(1)),
                Fault(.lostHost, .active, at: .milliseconds(1500), for: .seconds(4)),
            ], recovery: .milliseconds(1500) + RecoveryBound.takeover(fenced), failover: true
        ).run { result, seed in
            #expect(result.after?.host == 0, "seed \(seed)")
            #expect(result.longestOutage < .milliseconds(900), "seed \(seed): \(result.longestOutage.text)")
        }
    }

    /// The others wait for as long as a release makes them: that pays where a lease lasts longer, and costs nothing where it
    /// does not.
    @Test func othersFenceLongLeases() {
        let long = settings.leading(1).with {
            $0.timing = LeaseTiming(duration: .seconds(10), renew: .milliseconds(2500), stop: .seconds(8))
            $0.fence()
        }
        // Two renewals were missed, then the delay, then the fence agent.
        let fencing = long.timing.renew * 2 + long.timing.fencingDelay + long.fencingDuration
        Exercise(
            name: "lost host, lease of 10 s, fenced", settings: long,
            faults: [Fault(.lostHost, .active, at: .zero, for: .seconds(20))],
            recovery: fencing + RecoveryBound.exchange * 2, failover: true, seeds: 20
        ).run()
        Exercise(
            name: "lost host, lease of 1 s, over before it is fenced",
            settings: settings.leading(1).with { $0.fence() },
            faults: [Fault(.lostHost, .active, at: .zero, for: .seconds(4))],
            recovery: RecoveryBound.takeover(.threeHosts), failover: true
        ).run()
    }

    /// The delays of the simulator's own worlds are those that an agent takes from its release.
    @Test func delaysAreThoseOfARelease() {
        var world = settings
        world.fence()
        var cluster = FailoverConfiguration.Cluster(
            name: "counter", mode: .activePassive,
            workload: .init(
                kind: .none, standby: .cold, restartLimit: 0, restartWindow: .seconds(60), stopTimeout: .seconds(5)),
            address: "10.0.0.1", port: nil,
            members: world.hosts.map { .init(host: $0.name, priority: 100, candidate: true) }, lease: world.timing)
        cluster.fencing = [
            .agent(
                name: "fence_ipmilan", parameters: [:], delay: DurationText(wrappedValue: world.timing.fencingDelay))
        ]
        #expect(world.hosts.map(\.fencingDelay) == world.hosts.map { cluster.fencingDelay(on: $0.name) })
    }

    /// Two members that do not hear each other both suspect the other; one of them at most is ended.
    @Test func twoMembersFencingEachOther() {
        let two = settings.with {
            $0.hosts[2].isMember = false
            $0.hosts[2].isCandidate = false
            $0.fence()
        }
        Exercise(
            name: "two members fencing each other", settings: two,
            faults: [Fault(.cutFromMembers, .active, at: .zero, for: .seconds(4))], recovery: .seconds(2)
        ).run()
        Exercise(
            name: "two members fencing each other over a cut", settings: two,
            faults: [Fault(.cutPath, .host(0), at: .zero, for: .seconds(4))], recovery: .seconds(3)
        ).run()
        // The holder's renewals end, so that each is told of the other by the lease and by silence. One that was under way may
        // land when the fence has turned its host off: then the record is waited for anew.
        let fencing = two.timing.renew * 2 + two.timing.fencingDelay + two.fencingDuration
        Exercise(
            name: "two members fencing each other, the active one split off", settings: two,
            faults: [Fault(.splitOff, .active, at: .zero, for: .seconds(8))],
            recovery: max(RecoveryBound.takeoverWithElection(two), fencing + RecoveryBound.takeover(two))
        ).run()
    }

    /// An address leaves a host whose balancer is gone, and stays where no host has a better one.
    @Test func closedGate() {
        let group = settings.with { $0.carryAddressesOnly() }
        Exercise(
            name: "gate of the active member closed", settings: group,
            faults: [Fault(.closedGate, .active, at: .zero, for: .seconds(4))],
            recovery: WorldSettings.gateInterval + RecoveryBound.exchange, failover: true
        ).run { result, seed in #expect(result.after?.host != result.before.host, "seed \(seed)") }
        Exercise(
            name: "every gate closed", settings: group,
            faults: [
                Fault(.closedGate, .host(1), at: .zero, for: .seconds(4)),
                Fault(.closedGate, .host(2), at: .zero, for: .seconds(4)),
                // The active one's last, for a handover needs somebody who was ready a moment ago.
                Fault(.closedGate, .active, at: .milliseconds(600), for: .seconds(3)),
            ], recovery: WorldSettings.gateInterval + RecoveryBound.exchange
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
