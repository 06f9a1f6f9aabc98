import Hagen
import HagenSimulator
import Testing

/// Goal: each way to lose a host, a process or the time itself, by name, with what clients may notice of it at the default
/// settings: lease 1 s, renewed every 250 ms, stop at 800 ms. Host 0 is the preferred one and so the active one.
@Suite struct LossScenarioTests {
    private let settings = WorldSettings.threeHosts
    /// The lease and what comes on top of it; the store's election where its leader is lost, too.
    private let takeover = RecoveryBound.takeover(.threeHosts)
    private let withElection = RecoveryBound.takeoverWithElection(.threeHosts)

    @Test func lostHost() {
        Exercise(
            name: "lost host", settings: settings.leading(1),
            faults: [Fault(.lostHost, .active, at: .zero, for: .seconds(4))], recovery: takeover, failover: true
        ).run()
    }

    @Test func lostHostWithTheStoresLeader() {
        Exercise(
            name: "lost host with the store's leader", settings: settings.leading(0),
            faults: [Fault(.lostHost, .active, at: .zero, for: .seconds(4))], recovery: withElection, failover: true
        ).run()
    }

    /// The active one is not deposed while the store elects, at the settings that a release has: the slowest election, 1.9
    /// times its time, and the renewal after it have to fit between a renewal that was just due and the deadline.
    @Test func lostStandbyWithTheStoresLeader() {
        var drilled = 0
        for seed: UInt64 in 0..<300 {
            let drill = Drill(
                seed: seed, settings: settings.leading(2),
                plan: FaultPlan([Fault(.lostHost, .host(2), at: .zero, for: .seconds(4))]))
            let result = drill.run()
            // Whoever asks first is active at first.
            guard result.before.host != 2 else { continue }
            drilled += 1
            guard result.violation != nil || result.recovery > .zero || result.isFailover else { continue }
            let story = drill.run(isRecorded: true).recording?.story() ?? ""
            Issue.record("seed \(seed): the holder was deposed for \(result.recovery.text)\n\(story)")
            return
        }
        #expect(drilled > 270)
    }

    @Test func killedProcess() {
        let faults = [Fault(.killedWorkload, .active, at: .zero, for: .zero)]
        Exercise(
            name: "killed process, hot standby", settings: settings.hot, faults: faults, recovery: .milliseconds(60),
            failover: true
        ).run()
        Exercise(
            name: "killed process, cold standby", faults: faults, recovery: .milliseconds(100), failover: true
        ).run()
        Exercise(
            name: "killed process, restarted in place", settings: settings.with { $0.workload.restartLimit = 3 },
            faults: faults, recovery: .milliseconds(60), failover: false
        ).run()
    }

    /// An agent that is upgraded, or killed and started again within the permit, finds its workload and keeps it.
    @Test func agentIsBackWithinThePermit() {
        Exercise(
            name: "agent upgraded in place",
            faults: [Fault(.killedAgent, .active, at: .zero, for: .milliseconds(300))], recovery: .zero,
            failover: false
        ).run()
    }

    @Test func agentStaysAway() {
        Exercise(
            name: "killed agent, workload alive",
            faults: [Fault(.killedAgent, .active, at: .zero, for: .seconds(5))], recovery: takeover, failover: true
        ).run()
    }

    /// The resumed agent neither acts nor takes the lease back.
    @Test func agentFrozenPastTheLeaseAndResumed() {
        Exercise(
            name: "agent frozen past the lease",
            faults: [Fault(.frozenAgent, .active, at: .zero, for: .seconds(3))], recovery: takeover, failover: true
        ).run { result, seed in
            #expect(result.after?.host != result.before.host, "seed \(seed)")
            #expect(result.after?.epoch == result.before.epoch + 1, "seed \(seed)")
        }
    }

    /// Frozen for less than is left of the permit: nobody notices.
    @Test func agentFrozenForAMoment() {
        Exercise(
            name: "agent frozen for 400 ms",
            faults: [Fault(.frozenAgent, .active, at: .zero, for: .milliseconds(400))], recovery: .zero,
            failover: false
        ).run()
    }

    @Test func frozenHost() {
        Exercise(
            name: "frozen host", faults: [Fault(.frozenHost, .active, at: .zero, for: .seconds(3))],
            recovery: withElection, failover: true
        ).run { result, seed in #expect(result.after?.host != result.before.host, "seed \(seed)") }
    }

    /// Its agent finds out within a second after the next renewal; until then the kernel's gate has shut.
    @Test func frozenSupervisor() {
        Exercise(
            name: "frozen supervisor", faults: [Fault(.frozenSupervisor, .active, at: .zero, for: .seconds(4))],
            recovery: .milliseconds(1250) + RecoveryBound.exchange
        ).run()
    }

    @Test func killedSupervisor() {
        Exercise(
            name: "killed supervisor", faults: [Fault(.killedSupervisor, .active, at: .zero, for: .zero)],
            recovery: .milliseconds(150)
        ).run()
    }

    @Test func newActiveDiesBeforeTheOldReturns() {
        // Two of three hosts are lost, so the store has to stand elsewhere.
        let apart = settings.with {
            $0.hosts.append(WorldSettings.Host(name: "store", isMember: false, isCandidate: false))
            $0.store.hosts = [3]
        }
        Exercise(
            name: "the new active one is lost before the old one returns", settings: apart,
            faults: [
                Fault(.lostHost, .active, at: .zero, for: .seconds(6)),
                Fault(.lostHost, .active, at: .milliseconds(1700), for: .seconds(6)),
            ], recovery: .milliseconds(1700) + takeover, failover: true
        ).run { result, seed in
            #expect(result.after?.epoch == result.before.epoch + 2, "seed \(seed)")
            #expect(result.outages.count == 2, "seed \(seed)")
            #expect(result.longestOutage <= takeover, "seed \(seed): \(result.longestOutage.text)")
        }
    }

    /// All hosts are lost. The one that was active last comes back last, and first comes one that remembers nothing.
    @Test func fullOutageAndTheStaleMemberBootsFirst() {
        Exercise(
            name: "full outage, the stale member first",
            faults: [
                Fault(.lostHost, .host(0), at: .zero, for: .seconds(8)),
                Fault(.replacedHost, .host(1), at: .zero, for: .seconds(3)),
                Fault(.lostHost, .host(2), at: .zero, for: .seconds(4)),
            ], recovery: .seconds(4) + withElection + .milliseconds(700), failover: true
        ).run()
    }

    @Test func workloadThatHangsOnStop() {
        Exercise(
            name: "workload that hangs on stop", settings: settings.with { $0.workload.stopTimeout = .seconds(2) },
            faults: [
                Fault(.hangingWorkload, .active, at: .zero, for: .seconds(5)),
                Fault(.stoppedAgent, .active, at: .zero, for: .seconds(5)),
            ], recovery: .milliseconds(2100), failover: true
        ).run()
    }

    @Test func plannedSwitchover() {
        Exercise(
            name: "planned stop, hot standby", settings: settings.hot.with { $0.workload.stop = .milliseconds(5) },
            faults: [Fault(.stoppedAgent, .active, at: .zero, for: .seconds(2))], recovery: .milliseconds(40),
            failover: true
        ).run()
    }

    @Test func crashLoop() {
        Exercise(
            name: "crash loop of the active member", settings: settings.with { $0.workload.restartLimit = 2 },
            faults: [Fault(.crashLoop, .active, at: .zero, for: .seconds(5))], recovery: .milliseconds(500),
            failover: true
        ).run { result, seed in #expect(result.after?.host != result.before.host, "seed \(seed)") }
    }

    @Test func fullDiskOfTheActiveMember() {
        Exercise(
            name: "full disk of the active member",
            faults: [Fault(.fullDisk, .active, at: .zero, for: .seconds(5))], recovery: .milliseconds(500),
            failover: true
        ).run { result, seed in #expect(result.after?.host != result.before.host, "seed \(seed)") }
    }

    /// Nobody notices, and a permit still ends in time. Both fail where deadlines are kept on the wall clock: set back, a permit
    /// outlasts its lease; set forward, it ends at once.
    @Test(arguments: [-300, 300] as [Int64]) func clockSet(seconds: Int64) {
        let jump = Fault(.clockJump, .active, at: .zero, for: .zero, amount: seconds)
        let frozen = Fault(.frozenAgent, .active, at: .milliseconds(100), for: .seconds(3))
        Exercise(name: "clock set by \(seconds) s", faults: [jump], recovery: .zero, failover: false).run()
        Exercise(
            name: "clock set by \(seconds) s, agent frozen", faults: [jump, frozen],
            recovery: .milliseconds(100) + takeover, failover: true
        ).run()
        for seed: UInt64 in 0..<10 {
            let planted = settings.with { $0.planted = .deadlineOnWallClock }
            let alone = Drill(seed: seed, settings: planted, plan: FaultPlan([jump])).run()
            let withFrozen = Drill(seed: seed, settings: planted, plan: FaultPlan([jump, frozen])).run()
            if seconds < 0 {
                #expect(withFrozen.violation != nil, "seed \(seed)")
            } else {
                #expect(alone.recovery > .zero, "seed \(seed)")
            }
        }
    }
}
