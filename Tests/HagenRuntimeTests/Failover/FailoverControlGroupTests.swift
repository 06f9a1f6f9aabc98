import Foundation
import Hagen
import HagenEngine
import Testing

@testable import HagenRuntime

/// Goal: an agent with a delegated control group leaves nothing of a workload whose supervisor was killed.
@Suite(
    .serialized, .timeLimit(.minutes(2)),
    .enabled(if: TestControlGroup.isAvailable, "needs root and a cgroup v2 that can be written to"))
struct FailoverControlGroupTests {
    /// A descendant in a session of its own and without an environment is dead before anything is started again; agent,
    /// supervisor and workload are in groups of their own.
    @Test func descendantWithoutEnvironmentIsFound() async throws {
        let group = try TestControlGroup()
        let hosts = try FailoverHosts(
            ["a"], script: "(setsid env -i sleep 300 &) ; \(FailoverHosts.activity)", in: group)
        try await hosts.start()
        let workload = "workloads/\(FailoverHosts.cluster)"
        #expect(group.processes(in: "agent").count == 1)
        let supervisor = try #require(group.processes(in: "supervisors").first)
        let hidden = try await within(.seconds(10)) {
            while true {
                if let hidden = group.processes(in: workload).first(where: { name(of: $0) == "sleep\0300\0" }) {
                    return hidden
                }
                try await Task.sleep(for: .milliseconds(5))
            }
        }
        let before = try await hosts.active()
        _ = try await hosts.waitForLines { !$0.isEmpty }
        kill(supervisor, SIGKILL)
        let after = try await hosts.active(above: before.epoch)
        #expect(ProcessTree.status(of: hidden).map { !$0.lives } ?? true)
        #expect(after.processID != before.processID)
        _ = try await hosts.waitForLines { $0.contains { $0.epoch > before.epoch } }
        hosts.expectNeverTwoActive()
    }

    private func name(of process: Int32) -> String {
        (try? String(contentsOfFile: "/proc/\(process)/cmdline", encoding: .utf8)) ?? ""
    }
}
