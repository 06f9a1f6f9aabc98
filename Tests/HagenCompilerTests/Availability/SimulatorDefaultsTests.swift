import Hagen
import HagenCompiler
import HagenSimulator
import Testing

/// Goal: the worlds that the simulator lives in without a release have the settings that a release would have, and are judged
/// by what the compiler promises. The simulator cannot see the compiler, so this is what keeps the two the same.
@Suite struct SimulatorDefaultsTests {
    private let world = WorldSettings.threeHosts

    @Test func worldHasTheDefaults() {
        #expect(world.timing == Model.Cluster.defaultLeaseTiming)
        #expect(world.heartbeat == Defaults.heartbeat)
        #expect(world.store.election == Defaults.storeElection)
        #expect(world.workload.standby == Defaults.standby)
        #expect(world.workload.restartLimit == Defaults.restartsWithLease.limit)
        #expect(world.workload.restartWindow == Defaults.restartsWithLease.window)
        #expect(world.workload.stopTimeout == Defaults.stopTimeout)
        #expect(WorldSettings.Store.aggressiveElection == Defaults.aggressiveStoreElection)
        #expect(WorldSettings.Store.electionsPerLease == Defaults.electionsPerLease)
    }

    @Test(arguments: [(hosts: 1, restarts: 0), (1, 3), (3, 0), (3, 3)], [Model.ProcessWorkload.Standby.cold, .hot])
    func promisesAreTheCompilers(members: (hosts: Int, restarts: Int), standby: Model.ProcessWorkload.Standby) throws {
        var settings = world
        settings.hosts = Array(settings.hosts.prefix(members.hosts))
        settings.workload.standby = standby
        settings.workload.restartLimit = members.restarts
        settings.workload.start = .milliseconds(700)
        let cluster = Model.Cluster(
            name: "counter", kind: .activePassive,
            workload: .process(
                Model.ProcessWorkload(
                    command: ["/usr/bin/counter"], port: 7000, standby: standby,
                    restarts: Model.Restarts(limit: members.restarts, window: .seconds(60)),
                    startTime: .milliseconds(700))),
            members: settings.hosts.map { Model.Member(host: $0.name) })
        let times = try #require(cluster.recoveryTimes)
        let promised = PromisedTimes(settings)
        #expect(promised.hostLoss == times.hostLoss)
        #expect(promised.workloadEnd == times.workloadEnd)
        #expect(promised.switchover == times.switchover)
        #expect(promised.start == times.start)
    }
}
