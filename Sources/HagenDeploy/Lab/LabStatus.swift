package import Hagen

/// How a lab is, as its processes and its engines say.
package struct LabStatus: Codable, Equatable, Sendable {
    package var name: String
    /// The store beside the hosts; `nil` where no cluster needs one.
    package var coordinator: EngineState?
    /// Sorted by name.
    package var hosts: [Host]

    package struct Host: Codable, Equatable, Sendable {
        package var name: String
        package var address: String
        package var zone: String
        package var engines: [EngineState]
        /// `nil` where the agent does not answer or needs no store.
        package var storeReachable: Bool?
        /// Of those engines that answered.
        package var clusters: [FailoverStatus.Cluster]
        package var balancers: [BalancerStatus.Listener]
        package var alerts: [MonitorStatus.Alert]
        package var metrics: SocketAddress?
        /// Other agents, as the one of this host hears them.
        package var peers: [FailoverStatus.Peer] = []
        /// Set where no member of the host is to be active.
        package var drained: OrderNote?
    }

    package struct EngineState: Codable, Equatable, Sendable {
        package enum State: String, Codable, Equatable, Sendable {
            /// It runs and answers.
            case up
            /// It runs and does not answer.
            case silent
            /// Stopped by SIGSTOP.
            case frozen
            case down
        }
        package var engine: Engine
        package var state: State
        package var processID: Int32?
        /// Why it is silent.
        package var problem: String?
    }

    package var isHealthy: Bool {
        (hosts.flatMap(\.engines) + [coordinator].compactMap(\.self)).allSatisfy { $0.state == .up }
    }
}

/// Asks a lab how it is. It needs nothing of `hagen up`, and so works when that is frozen or dead.
package enum LabObserver {
    private static let answerLimit: Duration = .milliseconds(500)

    package static func status(of record: LabRecord, in folders: LabFolders) async -> LabStatus {
        let processes = MarkedProcess.all(ofLab: record.identity)
        let answers = await withTaskGroup(
            of: (LabEngine, LabStatus.EngineState, EngineStatus.Detail?).self
        ) { group in
            for engine in record.engines {
                let process = processes.first { $0.host == engine.host && $0.engine == engine.engine }
                group.addTask { await ask(engine, process, folders) }
            }
            return await group.reduce(into: [:]) { $0[$1.0] = ($1.1, $1.2) }
        }
        var status = LabStatus(name: record.name, coordinator: nil, hosts: [])
        status.coordinator = answers[LabEngine(host: LabEngine.coordinatorHost, engine: .coordinator)]?.0
        for host in record.hosts.sorted(by: { $0.name < $1.name }) {
            var described = LabStatus.Host(
                name: host.name, address: host.address, zone: host.zone, engines: [], storeReachable: nil, clusters: [],
                balancers: [], alerts: [], metrics: nil)
            for engine in record.engines.filter({ $0.host == host.name }).sorted() {
                guard let (state, detail) = answers[engine] else { continue }
                described.engines.append(state)
                if let detail { described.add(detail) }
            }
            status.hosts.append(described)
        }
        return status
    }

    static func ask(
        _ engine: LabEngine, _ process: MarkedProcess?, _ folders: LabFolders
    ) async -> (LabEngine, LabStatus.EngineState, EngineStatus.Detail?) {
        var state = LabStatus.EngineState(
            engine: engine.engine, state: .down, processID: process?.processID, problem: nil)
        guard let process else { return (engine, state, nil) }
        if process.state == .stopped {
            state.state = .frozen
            return (engine, state, nil)
        }
        do {
            let path = folders.runtime(of: engine) + "/" + EngineEnvironment.controlSocket
            let status = try await ControlClient.status(at: path, within: answerLimit)
            state.state = .up
            return (engine, state, status.detail)
        } catch {
            state.state = .silent
            state.problem = "\(error)"
            return (engine, state, nil)
        }
    }
}

extension LabStatus.Host {
    mutating func add(_ detail: EngineStatus.Detail) {
        switch detail {
        case .coordinator: break
        case .failover(let failover):
            storeReachable = failover.storeReachable
            clusters = failover.clusters
            peers = failover.peers
            drained = failover.drained
        case .balancer(let balancer): balancers = balancer.listeners
        case .monitor(let monitor):
            alerts = monitor.alerts
            metrics = monitor.listen
        }
    }
}
