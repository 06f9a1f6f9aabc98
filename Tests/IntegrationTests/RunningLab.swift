import Foundation
import Hagen
import Testing

@testable import HagenDeploy

/// A real `hagen up` on a copy of a topology, with folders of its own; ended with the test, whatever happens.
final class RunningLab: Sendable {
    let folder: TestFolder
    let program: Program
    let environment: [String: String]
    let topologyFolder: String

    /// - Parameter source: the folder of the topology, which is copied.
    init(copying source: URL) throws {
        folder = try TestFolder()
        topologyFolder = folder.path + "/topology"
        try FileManager.default.copyItem(atPath: source.path, toPath: topologyFolder)
        // There the example's programs write down when they were active.
        for name in ["topology/activity", "run", "state"] {
            try FileManager.default.createDirectory(
                atPath: folder.path + "/" + name, withIntermediateDirectories: true)
        }
        environment = ["XDG_RUNTIME_DIR": folder.path + "/run", "XDG_STATE_HOME": folder.path + "/state"]
        program = try Program("hagen", ["up", topologyFolder], environment: environment, folder: folder)
    }

    /// The guard of `hagen up` then cleans up, as long as the folder tells it what.
    deinit {
        program.send(SIGKILL)
        let end = ContinuousClock.now + .seconds(10)
        while record != nil, ContinuousClock.now < end { usleep(10_000) }
    }

    var record: LabRecord? { LabRecord.all(environment: environment).first?.record }

    func status() async throws -> LabStatus {
        let (folders, record) = try LabRecord.find(name: nil, environment: environment)
        return await LabObserver.status(of: record, in: folders)
    }

    func hagen(_ arguments: String...) async throws -> Program.Result { try await hagen(arguments) }

    func hagen(_ arguments: [String]) async throws -> Program.Result {
        try await Program.run("hagen", arguments, environment: environment, folder: folder)
    }

    func fault(_ kind: String, _ host: String, engine: String? = nil) async throws {
        let arguments = ["fault", kind, host] + (engine.map { ["--engine", $0] } ?? [])
        let result = try await Program.run("hagen", arguments, environment: environment, folder: folder)
        try #require(result.status == 0, "\(result.errors)")
    }

    /// Waits until the lab is as the condition says, and returns how it then was.
    @discardableResult
    func wait(
        _ what: String, within limit: Duration = .seconds(60), _ condition: @Sendable (LabStatus) -> Bool
    ) async throws -> LabStatus {
        var last: LabStatus?
        let holds = try await eventually(within: limit) {
            guard program.isRunning else { return true }
            guard record != nil else { return false }
            let status = try await status()
            last = status
            return condition(status)
        }
        try #require(program.isRunning, "hagen up ended: \(program.output)\(program.errors)")
        try #require(holds, "not so: \(what); \(last.map { "\($0)" } ?? "no status"); \(program.output); \(logs)")
        return try #require(last)
    }

    /// The last lines of every log, for a failure's message.
    var logs: String {
        folder.contents(of: "state/hagen/quickstart/logs").map { name in
            let lines = folder.text(of: "state/hagen/quickstart/logs/" + name).split(separator: "\n").suffix(8)
            return "\n\(name):\n  " + lines.joined(separator: "\n  ")
        }.joined()
    }
}

extension LabStatus {
    /// Every engine answers, every member that should run runs, and every balancer knows it.
    var isReady: Bool {
        let active = activeHosts(of: "counter")
        return isHealthy && active.count == 1
            && hosts.allSatisfy { host in
                host.clusters.allSatisfy { $0.name == "counter" || $0.workload == .running }
                    && host.balancers.allSatisfy { listener in
                        let eligible = listener.backends.filter(\.eligible).map(\.name)
                        return eligible == (listener.cluster == "counter" ? active : listener.backends.map(\.name))
                    }
            }
    }

    func activeHosts(of cluster: String) -> [String] {
        hosts.filter { host in
            host.clusters.contains { $0.name == cluster && $0.role == .active && $0.workload == .running }
        }.map(\.name)
    }

    func member(of cluster: String, on host: String) -> FailoverStatus.Cluster? {
        hosts.first { $0.name == host }?.clusters.first { $0.name == cluster }
    }

    func listener(_ name: String, on host: String) -> BalancerStatus.Listener? {
        hosts.first { $0.name == host }?.balancers.first { $0.name == name }
    }
}
