import Foundation
import Hagen
import HagenEngine
import Testing

@testable import HagenRuntime

/// Goal: a change of role runs its hooks once, one after the other, and no hook ever holds up a failover.
struct MemberHooksTests {
    private static let hook = FailoverConfiguration.Hook(event: .activated, command: ["x"], timeout: .seconds(1))

    /// Once for each epoch and event, over restarts; a deactivation names the epoch that it ends.
    @Test func changesAreNoticedOnce() {
        var hooks = MemberHooks([Self.hook], last: nil)
        var taken = hooks.noticed(activeEpoch: nil, reason: "watches")
        #expect(taken && hooks.isIdle)
        for _ in 0..<3 {
            taken = hooks.noticed(activeEpoch: 4, reason: "is active")
            #expect(taken)
        }
        let first = hooks.next()
        #expect(first?.change == RoleChange(event: .activated, epoch: 4))
        #expect(first?.hooks == [Self.hook])
        taken = hooks.noticed(activeEpoch: nil, reason: "stopped")
        #expect(taken)
        let whileItRuns = hooks.next()
        #expect(whileItRuns == nil, "one at a time")
        hooks.ended()
        let second = hooks.next()
        #expect(second?.change == RoleChange(event: .deactivated, epoch: 4))
        #expect(second?.hooks == [])
        hooks.ended()
        #expect(hooks.isIdle)
        var next = MemberHooks([Self.hook], last: first?.change)
        taken = next.noticed(activeEpoch: 4, reason: "found it running")
        #expect(taken && next.isIdle)
        taken = next.noticed(activeEpoch: 5, reason: "is active")
        #expect(taken && !next.isIdle)
    }

    /// More changes than the queue takes are lost, and said so.
    @Test func queueIsBounded() {
        var hooks = MemberHooks([Self.hook], last: nil)
        _ = hooks.noticed(activeEpoch: 1, reason: "")
        let first = hooks.next()
        #expect(first != nil)
        let taken = (2..<100).filter { hooks.noticed(activeEpoch: UInt64($0), reason: "") }
        #expect(taken.count == MemberHooks.limit)
    }

    /// Real agents: each role's hook has its words, a hook that hangs is killed with what it started, and the failover does not
    /// wait; an agent that is started again runs none of them twice.
    @Test(.timeLimit(.minutes(2))) func hooksRunOnceForEachChange() async throws {
        let hosts = try FailoverHosts(["a", "b"]) { cluster in
            let record = #"echo "$HAGEN_HOST $HAGEN_CLUSTER $HAGEN_ROLE $HAGEN_EPOCH ${HAGEN_REASON:+why}" >> "$0""#
            let file = cluster.workload.process?.environment["ACTIVITY"].map { $0 + ".hooks" } ?? ""
            cluster.hooks = [
                .init(event: .activated, command: ["/bin/sh", "-c", record, file], timeout: .seconds(5)),
                .init(
                    event: .activated, command: ["/bin/sh", "-c", "sleep 300 & sleep 301"],
                    timeout: .milliseconds(500)),
                .init(event: .deactivated, command: ["/bin/sh", "-c", record, file], timeout: .seconds(5)),
            ]
        }
        let file = hosts.directory.path + "/activity.hooks"
        try await hosts.start()
        let first = try await hosts.active()
        let holder = try #require(first.holder)
        let other = holder == "a" ? "b" : "a"
        try await expect(file, ["\(holder) shop active \(first.epoch) why"])
        // The agent is killed and started again: nothing has changed.
        try await hosts.end(holder, SIGKILL)
        try hosts.start(holder)
        _ = try await hosts.waitUntil(holder) { $0.role == .active && $0.workload == .running }
        #expect(try await hosts.active().epoch == first.epoch)
        try await hosts.end(holder, SIGTERM)
        let second = try await hosts.active(besides: holder, above: first.epoch)
        try await expect(
            file,
            [
                "\(holder) shop active \(first.epoch) why", "\(holder) shop standby \(first.epoch) why",
                "\(other) shop active \(second.epoch) why",
            ])
        try await within(.seconds(10)) {
            let events = hosts.directory.path + "/\(other)/state/events.jsonl"
            while !((try? String(contentsOfFile: events, encoding: .utf8))?.contains("\"hook-failed\"") ?? false) {
                try await Task.sleep(for: .milliseconds(10))
            }
            #expect(hosts.logs().contains("the hook '/bin/sh' failed: it did not end in time"))
        }
    }

    private func expect(_ path: String, _ lines: Set<String>) async throws {
        try await within(.seconds(10)) {
            while true {
                let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
                let found = text.split(separator: "\n").map(String.init)
                if Set(found) == lines, found.count == lines.count { return }
                try await Task.sleep(for: .milliseconds(20))
            }
        }
    }
}
