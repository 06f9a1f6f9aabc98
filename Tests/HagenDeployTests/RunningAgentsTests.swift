import Foundation
import Hagen
import Testing

@testable import HagenDeploy

/// Goal: what several agents tell becomes one story, and a host without a lab is found by its own sockets.
@Suite struct RunningAgentsTests {
    private func event(_ number: UInt64, _ host: String, _ milliseconds: Int64) -> EngineEvent {
        EngineEvent(
            number: number, time: WallTime(milliseconds: milliseconds), host: host, cluster: nil, epoch: 0,
            kind: .noted,
            words: "", evidence: nil)
    }

    /// A clock that was set back does not turn the order of its own host's events around.
    @Test func eventsAreMergedByTime() {
        let merged = RunningAgents.merged([
            [event(1, "b", 20), event(3, "b", 15), event(2, "b", 40)], [event(9, "a", 20), event(10, "a", 30)], [],
        ])
        #expect(merged.map { "\($0.host)\($0.number)" } == ["a9", "b1", "a10", "b2", "b3"])
    }

    @Test func withoutALabThisHostIsMeant() throws {
        let folder = try TemporaryFolder()
        let environment = ["XDG_RUNTIME_DIR": folder.path]
        let error = #expect(throws: DeployError.self) {
            try RunningAgents.find(name: nil, environment: environment, hostFolder: folder.path + "/hagen-host")
        }
        #expect(error?.message == "no lab runs, and no failover agent on this host")
        let engine = folder.path + "/hagen-host/failover"
        try FileManager.default.createDirectory(atPath: engine, withIntermediateDirectories: true)
        _ = FileManager.default.createFile(atPath: engine + "/control.sock", contents: nil)
        let found = try RunningAgents.find(
            name: nil, environment: environment, hostFolder: folder.path + "/hagen-host")
        #expect(found.isHost && found.agents.map(\.socket) == [engine + "/control.sock"])
        #expect(throws: DeployError.self) {
            try RunningAgents.find(name: "shop", environment: environment, hostFolder: folder.path + "/hagen-host")
        }
    }
}
