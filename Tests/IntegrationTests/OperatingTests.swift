import Foundation
import Hagen
import Testing

@testable import HagenDeploy

extension BuiltCommands {
    /// Goal: an operator moves, pauses and drains with the commands, reads afterwards what was decided and why, and is
    /// told in words what cannot be done.
    @Suite struct OperatingTests {
        @Test(.timeLimit(.minutes(3))) func anOperatorMovesPausesAndDrains() async throws {
            let lab = try RunningLab(copying: LabTests.quickstart)
            let ready = try await lab.wait("every part is ready") { status in
                status.isReady
                    && status.hosts.allSatisfy { host in
                        host.clusters.allSatisfy { $0.name != "counter" || $0.problem == nil }
                    }
            }
            let first = try #require(ready.activeHosts(of: "counter").first)
            let second = try #require(ready.hosts.map(\.name).first { $0 != first })

            let moved = try await lab.hagen("switchover", "counter", "--to", second, "--reason", "new kernel")
            #expect(moved.status == 0, "\(moved.output)\(moved.errors)")
            #expect(moved.output.hasPrefix("counter: \(first) (epoch 1) handed over to \(second) (epoch 2), "))
            print(moved.output)
            let again = try await lab.hagen("switchover", "counter", "--to", second)
            #expect(again.status == 1)
            #expect(again.errors.contains("\(second) is the active member already"), "\(again.errors)")
            let window = try await lab.hagen("switchover", "counter", "--in-window")
            #expect(window.errors.contains("has no maintenance window"), "\(window.errors)")

            let paused = try await lab.hagen("pause", "counter", "--reason", "cables")
            #expect(paused.status == 0, "\(paused.errors)")
            let status = try await lab.hagen("status")
            #expect(status.output.contains("paused by ") && status.output.contains(": cables"), "\(status.output)")
            let resumed = try await lab.hagen("resume", "counter")
            #expect(resumed.output.contains("is not paused any more"), "\(resumed.output)\(resumed.errors)")
            try await checkResume(lab, to: first)
            try await checkMisspelt(lab)

            let drained = try await lab.hagen("drain", second, "--reason", "new disks")
            #expect(drained.status == 0, "\(drained.output)\(drained.errors)")
            #expect(drained.output.contains("no member with a lease is active on '\(second)' any more"))
            try await lab.wait("another is active") { $0.activeHosts(of: "counter").contains { $0 != second } }
            let shown = try await lab.hagen("status")
            #expect(shown.output.contains("drained by "), "\(shown.output)")
            _ = try await lab.hagen("resume", second)
            try await lab.wait("it is not drained") { status in
                status.hosts.allSatisfy { $0.drained == nil }
            }
            try await checkEvents(lab, moved: (first, second))
        }

        private func checkResume(_ lab: RunningLab, to host: String) async throws {
            let ordered = try await lab.hagen("switchover", "counter", "--to", host, "--at", "2099-01-01T02:00")
            #expect(ordered.output.contains("not before 2099-01-01 02:00:00.000"), "\(ordered.output)\(ordered.errors)")
            let cancelled = try await lab.hagen("resume", "counter")
            #expect(cancelled.output.contains("was not paused"), "\(cancelled.output)\(cancelled.errors)")
            #expect(
                cancelled.output.contains(
                    "Cancelled: its switchover to \(host) at 2099-01-01 02:00:00.000, ordered by "),
                "\(cancelled.output)")
            let nothing = try await lab.hagen("resume", "counter")
            #expect(nothing.output.contains("there was nothing to resume"), "\(nothing.output)\(nothing.errors)")
        }

        private func checkMisspelt(_ lab: RunningLab) async throws {
            for words in [["events", "--cluster"], ["switchover"], ["pause"], ["resume"]] {
                let answer = try await lab.hagen(words + ["countre"])
                #expect(answer.status == 1)
                #expect(answer.errors.contains("Did you mean 'counter'?"), "\(words): \(answer.errors)")
            }
            let drain = try await lab.hagen("drain", "nowhere")
            #expect(drain.status == 1)
            #expect(drain.errors.contains("knows a host 'nowhere'"), "\(drain.errors)")
        }

        private func checkEvents(_ lab: RunningLab, moved: (from: String, to: String)) async throws {
            let table = try await lab.hagen("events", "--cluster", "counter", "--evidence")
            #expect(table.status == 0, "\(table.errors)")
            print(table.output)
            #expect(table.output.contains("was told to switch over to \(moved.to)"), "\(table.output)")
            let json = try await lab.hagen("events", "--cluster", "counter", "--json", "--since", "1h")
            let events = try json.output.split(separator: "\n").map {
                try JSONDecoder().decode(EngineEvent.self, from: Data($0.utf8))
            }
            let kinds = events.filter { $0.epoch >= 1 }.map(\.kind)
            for kind in [EventKind.handover, .active, .released, .paused, .resumed, .drained, .undrained] {
                #expect(kinds.contains(kind), "\(kind) in \(kinds)")
            }
            let handover = try #require(events.first { $0.kind == .handover })
            #expect(handover.host == moved.from && handover.epoch == 1)
            #expect(handover.evidence?.contains("φ") == true, "\(handover)")
            #expect(events.map(\.time) == events.map(\.time).sorted())
            let unknown = try await lab.hagen("pause", "nothing")
            #expect(unknown.status == 1)
            #expect(unknown.errors.contains("there are: counter, pager, web"), "\(unknown.errors)")
        }
    }
}
