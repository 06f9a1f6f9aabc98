import Foundation
import Testing

@testable import HagenDeploy

extension BuiltCommands {
    /// `up`, `status`, `fault` and `down` against the real engines.
    @Suite struct LabTests {
        static let quickstart = Repository.root.appending(path: "Examples/quickstart")

        @Test(.timeLimit(.minutes(3))) func statusTellsWhatRunsAndDownEndsIt() async throws {
            let lab = try RunningLab(copying: Self.quickstart)
            try await lab.wait("every part is ready") { $0.isReady }
            let table = try await lab.hagen("status")
            #expect(table.status == 0, "\(table.output)\(table.errors)")
            for word in ["alpha", "failover up", "counter", "active", "epoch", "http://"] {
                #expect(table.output.contains(word), "\(word) in \(table.output)")
            }
            let json = try await lab.hagen("status", "--json")
            let status = try JSONDecoder().decode(LabStatus.self, from: Data(json.output.utf8))
            #expect(status.hosts.map(\.name) == ["alpha", "beta", "gamma"])

            try await lab.fault("freeze", "beta")
            let frozen = try await lab.hagen("status")
            #expect(frozen.status == 1)
            #expect(frozen.output.contains("failover frozen"), "\(frozen.output)")

            let second = try await lab.hagen("up", lab.topologyFolder)
            #expect(second.status == 1)
            #expect(second.errors.contains("a lab of 'quickstart' runs already"), "\(second.errors)")

            let down = try await lab.hagen("down")
            #expect(down.status == 0, "\(down.errors)")
            #expect(lab.folder.contents(of: "run").isEmpty && lab.folder.contents(of: "state").isEmpty)
        }

        @Test(.timeLimit(.minutes(3))) func nothingOutlivesAKilledUp() async throws {
            let lab = try RunningLab(copying: Self.quickstart)
            try await lab.wait("every part is ready") { $0.isReady }
            let identity = try #require(lab.record).identity
            #expect(MarkedProcess.all(ofLab: identity).count >= 10)
            lab.program.send(SIGKILL)
            let isClean = await eventually(within: .seconds(20)) {
                MarkedProcess.all(ofLab: identity).isEmpty && lab.folder.contents(of: "run").isEmpty
                    && lab.folder.contents(of: "state").isEmpty
            }
            #expect(isClean, "\(MarkedProcess.all(ofLab: identity)) \(lab.folder.contents(of: "run"))")
        }
    }
}
