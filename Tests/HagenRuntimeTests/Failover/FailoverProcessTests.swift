import Foundation
import Hagen
import HagenEngine
import Synchronization
import Testing

@testable import HagenRuntime

/// Goal: real agents, supervisors, workloads and a real coordinator keep the rules when each of them is killed, frozen or
/// stopped; the outages are measured by what the workloads themselves wrote.
@Suite(.serialized, .timeLimit(.minutes(5))) struct FailoverProcessTests {
    /// Rule 1: the release is swapped in by its holder, and the successor need not wait for the lease.
    @Test func killedWorkloadIsTakenOver() async throws {
        let hosts = try FailoverHosts()
        try await hosts.start()
        var outages: [Duration] = []
        for _ in 0..<3 {
            let active = try await hosts.active()
            let process = try #require(active.processID)
            let moment = wallClock()
            kill(process, SIGKILL)
            outages.append(try await hosts.outage(after: moment, epoch: active.epoch))
            _ = try await hosts.active(above: active.epoch)
        }
        print("workload killed: outages \(outages.map(\.text))")
        #expect(outages.min()! < .milliseconds(500), "\(hosts.logs())")
        hosts.expectNeverTwoActive()
    }

    /// Rules 2 and 3: nobody released the lease, so the others wait it out from the last change they saw.
    @Test func lostHostIsTakenOver() async throws {
        let hosts = try FailoverHosts()
        try await hosts.start()
        let active = try await hosts.active()
        let host = try #require(active.holder)
        let processes = hosts.processes(of: host)
        #expect(processes.count >= 2)
        let moment = wallClock()
        for process in processes { kill(process, SIGKILL) }
        let outage = try await hosts.outage(after: moment, epoch: active.epoch)
        print("host lost: outage \(outage.text)")
        #expect(outage > .milliseconds(500))
        #expect(outage < .milliseconds(1600), "\(hosts.logs())")
        hosts.expectNeverTwoActive()
    }

    /// Rule 4: the renewals of all clusters of a host travel in one transaction, although each would renew in a rhythm of its
    /// own.
    @Test func renewalsOfAHostTravelTogether() async throws {
        let names = ["one", "two", "three", "four", "five"]
        let hosts = try FailoverHosts(
            ["a"], clusters: names, script: "trap 'exit 0' TERM; while :; do sleep 0.1; done"
        ) { cluster in
            let place = names.firstIndex(of: cluster.name) ?? 0
            cluster.lease = LeaseTiming(
                duration: .seconds(3), renew: .milliseconds(400 + 30 * place), stop: .milliseconds(2400))
        }
        try await hosts.start()
        let store = EmbeddedStoreClient(endpoints: [hosts.coordinator.endpoint], deadline: .seconds(10))
        let prefix = "/hagen/test/" + LeaseKey.prefix
        let settled = try await within(.seconds(30)) {
            while true {
                let snapshot = try await store.read(prefix: prefix)
                let revisions = Set(snapshot.records.map(\.revision))
                if snapshot.records.count == names.count, revisions.count == 1 { return snapshot.revision }
                try await Task.sleep(for: .milliseconds(10))
            }
        }
        // Six renewals: enough for the rhythms to part by most of a renewal.
        let count = names.count * 6
        let changes = try await collect(store.watch(prefix: prefix, after: settled)) { $0.count >= count }
        for (revision, together) in Dictionary(grouping: changes.prefix(count), by: \.revision).sorted(by: {
            $0.key < $1.key
        }) {
            let keys = together.map(\.key).sorted()
            #expect(keys == names.map { prefix + $0 }.sorted(), "revision \(revision)\n\(hosts.logs())")
        }
    }

    /// Rule 7: the agent's death changes nothing, and its successor finds the workload again.
    @Test func killedAgentFindsItsWorkloadAgain() async throws {
        // The lease is long enough for an agent to start on a machine that is busy with other tests.
        let hosts = try FailoverHosts {
            $0.lease = LeaseTiming(duration: .seconds(5), renew: .milliseconds(500), stop: .seconds(4))
        }
        try await hosts.start()
        let before = try await hosts.active()
        let host = try #require(before.holder)
        try await hosts.end(host, SIGKILL)
        try hosts.start(host)
        let after = try await hosts.waitUntil(host) { $0.role == .active && $0.workload == .running }
        #expect(after.processID == before.processID, "\(hosts.logs())")
        #expect(after.epoch == before.epoch)
        // Renewed, not only left over: it still acts when the permit that was found is over.
        let moment = wallClock()
        let lines = try await hosts.waitForLines { $0.contains { $0.nanoseconds > moment + 5_000_000_000 } }
        #expect(lines.last?.epoch == before.epoch, "\(hosts.logs())")
        #expect(lines.last?.processID == before.processID)
        hosts.expectNeverTwoActive()
    }

    /// Rules 3 and 7: the supervisor kills at the deadline, before anyone may start; thawed, the agent revives nothing.
    @Test func frozenAgentIsReplaced() async throws {
        let hosts = try FailoverHosts()
        try await hosts.start()
        let before = try await hosts.active()
        let host = try #require(before.holder)
        hosts.signal(SIGSTOP, agentOf: host)
        let moment = wallClock()
        let outage = try await hosts.outage(after: moment, epoch: before.epoch)
        let last = try #require(hosts.lines().filter { $0.epoch == before.epoch }.map(\.nanoseconds).max())
        print("agent frozen: silent \(Duration.nanoseconds(last - moment).text) after, next \(outage.text) after")
        // Frozen for several leases, while the new one acts.
        _ = try await hosts.waitForLines { lines in
            lines.contains { $0.epoch > before.epoch && $0.nanoseconds > moment + 3_000_000_000 }
        }
        hosts.signal(SIGCONT, agentOf: host)
        let thawed = try await hosts.waitUntil(host) { $0.role == .standby && $0.epoch > before.epoch }
        #expect(thawed.workload == .stopped)
        hosts.expectNeverTwoActive()
    }

    /// Rule 13: the store is lost, every member is up: the active one goes on, in the same epoch, in the same process.
    @Test func lostStoreIsBridgedByPromises() async throws {
        let hosts = try FailoverHosts()
        try await hosts.start()
        let before = try await hosts.active()
        let host = try #require(before.holder)
        let moment = wallClock()
        _ = try await hosts.coordinator.end(SIGKILL)
        _ = try await hosts.waitUntil(host) { $0.reason.contains("every member promises") }
        // Three leases later it still acts.
        _ = try await hosts.waitForLines { lines in lines.contains { $0.nanoseconds > moment + 3_000_000_000 } }
        try await hosts.coordinator.start()
        let after = try await hosts.waitUntil(host) { $0.reason.contains("the store answers again") }
        #expect(after.epoch == before.epoch)
        #expect(after.processID == before.processID, "\(hosts.logs())")
        hosts.expectNeverTwoActive()
    }

    /// Rules 3, 5 and 13: without the store and one of the members the active one steps down in time, and what follows has
    /// a higher epoch.
    @Test func lostStoreAndLostMemberStopTheActiveOne() async throws {
        let hosts = try FailoverHosts()
        try await hosts.start()
        let before = try await hosts.active()
        let host = try #require(before.holder)
        let other = try #require(hosts.hosts.first { $0 != host })
        try await hosts.end(other, SIGKILL)
        let moment = wallClock()
        _ = try await hosts.coordinator.end(SIGKILL)
        _ = try await hosts.waitUntil(host) { $0.role == .standby && $0.workload == .stopped }
        let last = try #require(hosts.lines().map(\.nanoseconds).max())
        print("store and a member lost: silent \(Duration.nanoseconds(last - moment).text) after")
        #expect(last - moment < 1_000_000_000, "\(hosts.logs())")
        try await within(.seconds(10)) {
            while wallClock() < moment + 2_000_000_000 { try await Task.sleep(for: .milliseconds(20)) }
        }
        try await hosts.coordinator.start()
        let after = try await hosts.active(above: before.epoch)
        #expect(after.epoch > before.epoch)
        hosts.expectNeverTwoActive()
    }

    /// A clean stop proves the workload dead, releases the lease, and leaves nothing behind.
    @Test func cleanStopHandsOver() async throws {
        let hosts = try FailoverHosts()
        try await hosts.start()
        let before = try await hosts.active()
        let host = try #require(before.holder)
        let moment = wallClock()
        try await hosts.end(host, SIGTERM)
        let outage = try await hosts.outage(after: moment, epoch: before.epoch)
        print("clean stop: outage \(outage.text)")
        #expect(outage < .milliseconds(800), "\(hosts.logs())")
        try await within(.seconds(5)) {
            while !hosts.processes(of: host).isEmpty { try await Task.sleep(for: .milliseconds(10)) }
        }
        hosts.expectNeverTwoActive()
    }

    /// A workload that cannot live goes around with growing waits, instead of being started in a circle.
    @Test func crashLoopSlowsDown() async throws {
        let hosts = try FailoverHosts(
            script: #"echo "$(date +%s%N) $HAGEN_EPOCH $HAGEN_HOST $$" >> "$ACTIVITY"; exit 1"#)
        try await hosts.coordinator.start()
        for host in hosts.hosts { try hosts.start(host) }
        let first = try await hosts.waitForLines { !$0.isEmpty }[0].nanoseconds
        let lines = try await hosts.waitForLines { $0.contains { $0.nanoseconds > first + 6_000_000_000 } }
        // 0.25 s, 1 s, 2 s, 4 s: each of three members starts it at most 5 times in 6 s.
        #expect(lines.count(where: { $0.nanoseconds < first + 6_000_000_000 }) <= 15, "\(hosts.logs())")
        #expect(Set(lines.map(\.host)).count >= 2)
        hosts.expectNeverTwoActive()
    }

    /// The supervisor's own death takes the workload along, and the member goes on with a new one.
    @Test func killedSupervisorIsReplaced() async throws {
        let hosts = try FailoverHosts()
        try await hosts.start()
        let before = try await hosts.active()
        let process = try #require(before.processID)
        _ = try await hosts.waitForLines { !$0.isEmpty }
        let supervisor = try #require(ProcessTree.status(of: process)).parent
        kill(supervisor, SIGKILL)
        let after = try await hosts.active(above: before.epoch)
        #expect(after.epoch > before.epoch)
        #expect(ProcessTree.status(of: process).map { $0.state == "Z" } ?? true)
        hosts.expectNeverTwoActive()
    }

    /// A supervisor that is frozen cannot enforce anything: its agent ends it at the deadline.
    @Test func frozenSupervisorIsKilledAtTheDeadline() async throws {
        let hosts = try FailoverHosts()
        try await hosts.start()
        let before = try await hosts.active()
        let process = try #require(before.processID)
        kill(try #require(ProcessTree.status(of: process)).parent, SIGSTOP)
        _ = try await hosts.coordinator.end(SIGKILL)
        let host = try #require(before.holder)
        _ = try await hosts.waitUntil(host) { $0.role == .standby && $0.workload == .stopped }
        try await hosts.coordinator.start()
        _ = try await hosts.active(above: before.epoch)
        hosts.expectNeverTwoActive()
    }

    /// A supervisor that never said a word to its agent is found frozen all the same: by its lock, not by what it says.
    @Test func frozenSupervisorIsKilledByTheNextAgent() async throws {
        let hosts = try FailoverHosts {
            $0.lease = LeaseTiming(duration: .seconds(10), renew: .milliseconds(500), stop: .seconds(9))
        }
        try await hosts.start()
        let before = try await hosts.active()
        let host = try #require(before.holder)
        let process = try #require(before.processID)
        let supervisor = try #require(ProcessTree.status(of: process)).parent
        kill(supervisor, SIGSTOP)
        try await hosts.end(host, SIGKILL)
        try hosts.start(host)
        // Long before the permit ends, so it was not the deadline.
        try await within(.seconds(15)) {
            while ProcessTree.status(of: supervisor)?.lives ?? false { try await Task.sleep(for: .milliseconds(10)) }
            while ProcessTree.status(of: process)?.lives ?? false { try await Task.sleep(for: .milliseconds(10)) }
        }
        #expect(hosts.logs().contains("does not answer: killed process \(supervisor)"), "\(hosts.logs())")
        _ = try await hosts.waitUntil(host) { $0.workload == .stopped }
        hosts.expectNeverTwoActive()
    }

    /// A hot standby runs all the time, and is told by its file and SIGHUP that it is active now.
    @Test func hotStandbyIsPromoted() async throws {
        let script = """
            become() { read role epoch < "$HAGEN_ROLE_FILE"; }
            trap become HUP; become
            while :; do
                [ "$role" = active ] && echo "$(date +%s%N) $epoch $HAGEN_HOST $$" >> "$ACTIVITY"
                sleep 0.01
            done
            """
        let hosts = try FailoverHosts(["a", "b"], script: script) { $0.workload.standby = .hot }
        try await hosts.start()
        let before = try await hosts.active()
        let host = try #require(before.holder)
        let other = host == "a" ? "b" : "a"
        let standby = try await hosts.waitUntil(other) { $0.workload == .running }
        let moment = wallClock()
        kill(try #require(before.processID), SIGKILL)
        let outage = try await hosts.outage(after: moment, epoch: before.epoch)
        print("hot standby: outage \(outage.text)")
        let after = try await hosts.active(besides: host)
        #expect(after.processID == standby.processID, "\(hosts.logs())")
        // The member that failed is a hot standby again, in a new process.
        _ = try await hosts.waitUntil(host) { $0.workload == .running && $0.role == .standby }
        hosts.expectNeverTwoActive()
    }

    /// Every member of an active-active cluster has a lease of its own, which nobody else takes: a lost store ends none.
    @Test func activeActiveMembersEachHoldTheirOwn() async throws {
        let hosts = try FailoverHosts(["a", "b"]) { $0.mode = .activeActive }
        try await hosts.start()
        var processes: [String: Int32?] = [:]
        for host in hosts.hosts {
            let status = try await hosts.waitUntil(host) { $0.role == .active && $0.workload == .running }
            #expect(status.holder == host)
            processes[host] = status.processID
        }
        _ = try await hosts.coordinator.end(SIGKILL)
        for host in hosts.hosts {
            _ = try await hosts.waitUntil(host) { $0.reason.contains("the store does not answer") }
        }
        try await hosts.coordinator.start()
        for host in hosts.hosts {
            let status = try await hosts.waitUntil(host) { $0.reason.contains("the store answers again") }
            #expect(status.epoch == 1)
            #expect(status.processID == processes[host])
        }
    }

    /// Rule 5: another store than the remembered one is not a free one. Who was active stops too: its record is gone.
    @Test func emptiedStoreIsNotTrusted() async throws {
        let hosts = try FailoverHosts()
        try await hosts.start()
        _ = try await hosts.coordinator.end(SIGKILL)
        let state = hosts.coordinator.directory.path + "/state"
        for file in try FileManager.default.contentsOfDirectory(atPath: state) {
            try FileManager.default.removeItem(atPath: state + "/" + file)
        }
        try await hosts.coordinator.start()
        for host in hosts.hosts {
            _ = try await hosts.waitUntil(host) { $0.reason.contains("another one") && $0.role == .standby }
        }
        // The way out: no agent runs, the memory is removed on all hosts, all start again.
        for host in hosts.hosts {
            try await hosts.end(host, SIGTERM)
            try FileManager.default.removeItem(
                atPath: hosts.directory.path + "/\(host)/state/lease-\(FailoverHosts.cluster).json")
        }
        for host in hosts.hosts { try hosts.start(host) }
        #expect(try await hosts.active().epoch == 1)
    }

    /// A workload that runs and does not answer fails its check, and the lease goes on to another member.
    @Test func failedCheckFailsOver() async throws {
        let hosts = try FailoverHosts { cluster in
            // Nobody listens there, so that only the start's grace keeps the check from failing at once.
            cluster.port = 9
            cluster.check = CheckConfiguration(
                kind: .tcp, every: .milliseconds(100), timeout: .milliseconds(100), rise: 1, fall: 2)
        }
        try await hosts.start()
        let before = try await hosts.active()
        _ = try await hosts.active(above: before.epoch)
        #expect(hosts.logs().contains("failed its check"))
        hosts.expectNeverTwoActive()
    }

    /// Without a lease the workload runs wherever its agent does, is restarted in place, and then waits longer and longer.
    @Test func loadBalancingMemberIsRestarted() async throws {
        let hosts = try FailoverHosts(["a"]) { cluster in
            cluster.mode = .loadBalancing
            cluster.lease = nil
            cluster.workload.restartLimit = 2
        }
        try hosts.start("a")
        var before: Int32?
        for restarts in 0..<4 {
            let last = before
            let status = try await hosts.waitUntil("a") {
                $0.workload == .running && $0.processID != last && $0.restarts == restarts
            }
            #expect(status.role == .active)
            #expect(status.epoch == 0)
            before = status.processID
            kill(try #require(before), SIGKILL)
        }
        let waiting = try await hosts.waitUntil("a") { $0.restarts == 4 }
        #expect(waiting.reason.contains("waits 1s"), "\(hosts.logs())")
        try await hosts.end("a", SIGTERM)
        #expect(hosts.processes(of: "a") == [])
    }

    /// What is wrong with a configuration is found before anything runs.
    @Test func wrongConfigurationsAreRefused() throws {
        let lease = LeaseTiming(duration: .seconds(1), renew: .milliseconds(900), stop: .milliseconds(800))
        let cluster = FailoverConfiguration.Cluster(
            name: "../up", mode: .activePassive,
            workload: FailoverConfiguration.Workload(
                kind: .process(FailoverConfiguration.Workload.Process(command: [], environment: ["A=B": ""])),
                standby: .cold, restartLimit: 0,
                restartWindow: .seconds(1), stopTimeout: .seconds(1)), address: "127.0.0.1", port: nil,
            members: [], lease: lease,
            check: CheckConfiguration(kind: .role, every: .seconds(1), timeout: .seconds(1), rise: 1, fall: 1))
        let faults = FailoverFaults.found(
            in: FailoverConfiguration(
                topology: "t", host: "h", store: nil, heartbeat: nil, clusters: [cluster, cluster]))
        for word in ["more than once", "name a file", "no member", "no command", "'A=B'", "role", "renew", "a store"] {
            #expect(faults.contains { $0.contains(word) }, "nothing about '\(word)': \(faults)")
        }
    }
}
