import Hagen
import HagenEngine
import HagenSimulator
import Testing

/// Goal: each way to lose the network or the store, by name, with what clients may notice of it at the default settings.
@Suite struct NetworkScenarioTests {
    private let settings = WorldSettings.threeHosts
    private let takeover = RecoveryBound.takeover(.threeHosts)
    private let withElection = RecoveryBound.takeoverWithElection(.threeHosts)

    /// Every member promises to wait, so it goes on (rule 13); when one of them is lost too, it steps down in time.
    @Test func cutFromTheStoreOnly() {
        let cut = Fault(.cutFromStore, .active, at: .zero, for: .seconds(4))
        Exercise(
            name: "active one cut off from the store only", faults: [cut], recovery: .zero, failover: false
        ).run()
        Exercise(
            name: "active one cut off from the store, a standby lost", settings: settings.leading(0),
            faults: [cut, Fault(.lostHost, .host(2), at: .milliseconds(500), for: .seconds(4))],
            recovery: .milliseconds(500) + RecoveryBound.takeoverAfterPromises(settings), failover: true
        ).run()
    }

    @Test func cutFromTheMembersOnly() {
        Exercise(
            name: "active one cut off from the members only",
            faults: [Fault(.cutFromMembers, .active, at: .zero, for: .seconds(4))], recovery: .zero, failover: false
        ).run()
    }

    @Test(arguments: [Fault.Kind.mute, .deaf]) func asymmetricCut(_ kind: Fault.Kind) {
        Exercise(
            name: "asymmetric cut, \(kind.rawValue)",
            faults: [Fault(kind, .active, at: .zero, for: .seconds(4))],
            recovery: RecoveryBound.takeoverAfterPromises(settings) + settings.store.election * 2, failover: true
        ).run()
    }

    /// One path of three is cut: everybody still reaches a majority of the store.
    @Test func partialPartition() {
        Exercise(
            name: "one path cut", faults: [Fault(.cutPath, .active, at: .zero, for: .seconds(4))],
            recovery: withElection
        ).run()
    }

    /// Clients reach both sides while the hosts do not reach each other, and go on without a break when they do again.
    @Test func partitionHealedWithTheAddressOnBothSides() {
        Exercise(
            name: "split off from the others, clients on both sides",
            faults: [Fault(.splitOff, .active, at: .zero, for: .seconds(3))], recovery: withElection, failover: true
        ).run()
    }

    /// Rule 13: while every member answers the active one, it goes on.
    @Test func storeDownWithAllMembersUp() {
        Exercise(
            name: "store down for 3 s, all members up",
            faults: [Fault(.storeOutage, .everything, at: .zero, for: .seconds(3))], recovery: .zero, failover: false
        ).run()
    }

    /// Rule 13: one silent member ends it; the active one has stopped before its promises end.
    @Test func storeDownAndOneMemberFrozen() {
        Exercise(
            name: "store down, one agent frozen",
            faults: [
                Fault(.storeOutage, .everything, at: .zero, for: .seconds(3)),
                Fault(.frozenAgent, .standby, at: .milliseconds(500), for: .seconds(3)),
            ], recovery: .seconds(3) + withElection
        ).run { result, seed in #expect(!result.outages.isEmpty, "seed \(seed)") }
    }

    @Test func storeDownAndOneMemberLost() {
        Exercise(
            name: "store down, one member lost",
            faults: [
                Fault(.storeOutage, .everything, at: .zero, for: .seconds(3)),
                Fault(.lostHost, .standby, at: .milliseconds(100), for: .seconds(3)),
            ], recovery: .milliseconds(3100) + withElection
        ).run()
    }

    @Test func shortStoreOutage() {
        Exercise(
            name: "store down for 200 ms",
            faults: [Fault(.storeOutage, .everything, at: .zero, for: .milliseconds(200))], recovery: .zero,
            failover: false
        ).run()
    }

    @Test func slowDisksOfTheStore() {
        let slow = (0..<3).map { Fault(.slowDisk, .host($0), at: .zero, for: .seconds(5), amount: 60) }
        Exercise(name: "all disks slow by 60 ms", faults: slow, recovery: .zero, failover: false).run()
        Exercise(
            name: "the disk of the store's leader slow by 2 s",
            faults: [Fault(.slowDisk, .storeLeader, at: .zero, for: .seconds(5), amount: 2000)], recovery: .zero,
            failover: false
        ).run()
    }

    /// No false failover at the default settings.
    @Test func fivePercentLossForAMinute() {
        Exercise(
            name: "5 % of packets lost for a minute",
            faults: [Fault(.loss, .everything, at: .zero, for: .seconds(60), amount: 5)], recovery: .zero,
            failover: false, seeds: 10
        ).run()
    }

    @Test func twentyPercentLossForAMinute() {
        let results = Exercise(
            name: "20 % of packets lost for a minute",
            faults: [Fault(.loss, .everything, at: .zero, for: .seconds(60), amount: 20)],
            recovery: .seconds(60) + withElection, seeds: 10
        ).run()
        let unserved = results.flatMap(\.outages).map { Duration(virtual: $0.end - $0.start) }.reduce(.zero, +)
        let failovers = results.map { Int(($0.after?.epoch ?? 0) - $0.before.epoch) }.reduce(0, +)
        print("20 % loss: \(failovers) failovers in \(results.count) minutes, \(unserved.text) without service")
        // What is lost is sent again: one failover in a minute is the most that is normal.
        #expect(failovers <= results.count)
    }

    /// Rule 5: an old copy of the store is not a free lease. Nobody acts until a person has looked.
    @Test(arguments: [0, 1]) func storeGoesBack(copy: Int64) {
        for seed: UInt64 in 0..<40 {
            var world = World(seed: seed, settings: settings, plan: .none)
            world.run(until: 3_000_000_000)
            world.add(FaultPlan([Fault(.oldStore, .everything, at: .zero, for: .seconds(1), amount: copy)]))
            world.run(until: 15_000_000_000)
            #expect(world.violation == nil, "seed \(seed)")
            // A copy in which the same holder has the same epoch takes nothing from it.
            if copy == 1, world.serving?.epoch == 1 { continue }
            #expect(world.serving == nil, "seed \(seed)")
            #expect((0..<3).contains { world.member(of: $0)?.hold != nil }, "seed \(seed)")
        }
    }
}
