internal import Foundation
internal import Hagen

/// Asks the engines of this host how they are.
package enum HostObserver {
    private static let answerLimit: Duration = .milliseconds(500)

    /// - Parameter folder: where the engines have their runtime folders.
    /// - Returns: a status of this host alone; `nil` where no engine has a control socket there, or none answers.
    package static func status(in folder: String = HostFolders.runtime) async -> LabStatus? {
        var status: LabStatus?
        var silent: [LabStatus.EngineState] = []
        for engine in [Engine.coordinator, .failover, .balancer, .monitor] {
            let path = "\(folder)/\(engine.rawValue)/\(EngineEnvironment.controlSocket)"
            guard FileManager.default.fileExists(atPath: path) else { continue }
            do {
                let answer = try await ControlClient.status(at: path, within: answerLimit)
                var known = status ?? LabStatus(name: answer.topology, coordinator: nil, hosts: [host(answer.host)])
                known.hosts[0].engines.append(
                    LabStatus.EngineState(engine: engine, state: .up, processID: answer.processID, problem: nil))
                known.hosts[0].add(answer.detail)
                status = known
            } catch {
                silent.append(
                    LabStatus.EngineState(engine: engine, state: .silent, processID: nil, problem: "\(error)"))
            }
        }
        status?.hosts[0].engines += silent
        return status
    }

    private static func host(_ name: String) -> LabStatus.Host {
        LabStatus.Host(
            name: name, address: "this host", zone: "-", engines: [], storeReachable: nil, clusters: [], balancers: [],
            alerts: [], metrics: nil)
    }
}
