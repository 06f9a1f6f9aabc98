internal import Foundation
package import Hagen

/// The failover agents that this command can reach: those of a running lab, or the one of this host.
///
/// Each agent can take any order that concerns a cluster of its own, because orders stand in the store.
package struct RunningAgents: Sendable {
    package struct Agent: Equatable, Sendable {
        /// `nil`: that of this host, whatever its name is.
        package var host: String?
        package var socket: String
    }

    /// How the agent of one host is.
    package struct Answer: Sendable {
        package var host: String
        package var socket: String
        package var status: FailoverStatus
    }

    private static let statusLimit: Duration = .milliseconds(500)
    private static let orderLimit: Duration = .seconds(3)

    package let agents: [Agent]
    /// Not a lab: the agents of other hosts cannot be reached from here.
    package let isHost: Bool

    package init(agents: [Agent], isHost: Bool) {
        self.agents = agents
        self.isHost = isHost
    }

    /// Those of the lab that runs, or that has the name; without one those of this host.
    ///
    /// - Throws: `DeployError` that says what to do where there are none.
    package static func find(
        name: String?, environment: [String: String], hostFolder: String = HostFolders.runtime
    ) throws -> RunningAgents {
        let socket = "\(hostFolder)/\(Engine.failover.rawValue)/\(EngineEnvironment.controlSocket)"
        if name == nil, LabRecord.all(environment: environment).isEmpty {
            guard FileManager.default.fileExists(atPath: socket) else {
                throw DeployError(
                    "no lab runs, and no failover agent on this host",
                    advice: "Start a lab with 'hagen up', or the agent: 'systemctl start hagen-failover'.")
            }
            return RunningAgents(agents: [Agent(host: nil, socket: socket)], isHost: true)
        }
        let (folders, record) = try LabRecord.find(name: name, environment: environment)
        let agents = record.engines.filter { $0.engine == .failover }.sorted().map { engine in
            Agent(host: engine.host, socket: folders.runtime(of: engine) + "/" + EngineEnvironment.controlSocket)
        }
        guard !agents.isEmpty else { throw DeployError("no host of '\(record.name)' runs a failover agent") }
        return RunningAgents(agents: agents, isHost: false)
    }

    /// How those are that answer, sorted by host.
    package func answers() async -> [Answer] {
        await collect { agent in
            let status = try await ControlClient.status(at: agent.socket, within: Self.statusLimit)
            guard case .failover(let failover) = status.detail else { return nil }
            return Answer(host: status.host, socket: agent.socket, status: failover)
        }.sorted { $0.host < $1.host }
    }

    /// Gives the order to the agent that knows most about it: of a cluster the active one's, where it can be reached.
    ///
    /// - Throws: `ControlClient.Refusal` with the agent's words, `DeployError` where no agent can take it.
    package func order(_ request: OrderRequest) async throws -> OrderAnswer {
        let answers = await answers()
        guard !answers.isEmpty else { throw noAnswer }
        let suited: [Answer]
        if let cluster = request.order.cluster {
            let members = answers.filter { $0.cluster(cluster) != nil }
            guard !members.isEmpty else {
                let known = Set(answers.flatMap(\.status.clusters).map(\.name)).sorted().joined(separator: ", ")
                throw DeployError("no agent that answers has a member of a cluster '\(cluster)'; there are: \(known)")
            }
            suited = members.filter { $0.cluster(cluster)?.role == .active } + members
        } else {
            // The one with the most clusters knows the most hosts.
            suited = answers.sorted { $0.status.clusters.count > $1.status.clusters.count }
        }
        let response = try await ControlClient.ask(.order(request), at: suited[0].socket, within: Self.orderLimit)
        guard case .ordered(let answer) = response else {
            throw DeployError("the agent did not answer what it was asked")
        }
        return answer
    }

    /// The events of those that answer, by time, each host's own in their order; and the hosts that do not answer.
    package func events(
        _ query: @escaping @Sendable (_ host: String?) -> EventQuery
    ) async -> (events: [EngineEvent], silent: [String]) {
        let answers = await collect { agent -> (Agent, [EngineEvent])? in
            let response = try await ControlClient.ask(
                .events(query(agent.host)), at: agent.socket, within: Self.orderLimit)
            guard case .events(let events) = response else { return nil }
            return (agent, events)
        }
        let silent = agents.filter { agent in !answers.contains { $0.0 == agent } }.map { $0.host ?? "this host" }
        return (Self.merged(answers.map(\.1)), silent)
    }

    /// By time; the events of one host keep their order, whatever its clock did.
    package static func merged(_ hosts: [[EngineEvent]]) -> [EngineEvent] {
        var timed: [(time: WallTime, event: EngineEvent)] = []
        for events in hosts {
            var latest = WallTime(milliseconds: .min)
            for event in events.sorted(by: { $0.number < $1.number }) {
                latest = max(latest, event.time)
                timed.append((latest, event))
            }
        }
        return timed.sorted {
            ($0.time, $0.event.host, $0.event.number) < ($1.time, $1.event.host, $1.event.number)
        }.map(\.event)
    }

    private var noAnswer: DeployError {
        DeployError(
            "no failover agent answers: \(agents.map { $0.host ?? "this host" }.joined(separator: ", "))",
            advice: isHost ? "Look at 'systemctl status hagen-failover'." : "Look at 'hagen status'.")
    }

    private func collect<Result: Sendable>(
        _ ask: @escaping @Sendable (Agent) async throws -> Result?
    ) async -> [Result] {
        await withTaskGroup(of: Result?.self) { group in
            for agent in agents { group.addTask { try? await ask(agent) } }
            return await group.reduce(into: []) { if let result = $1 { $0.append(result) } }
        }
    }
}

extension RunningAgents.Answer {
    package func cluster(_ name: String) -> FailoverStatus.Cluster? { status.clusters.first { $0.name == name } }
}

extension OrderRequest.Order {
    /// `nil`: it concerns a host.
    package var cluster: String? {
        switch self {
        case .switchover(let cluster, _, _), .promote(let cluster, _, _), .pause(let cluster), .resume(let cluster):
            cluster
        case .drain, .undrain: nil
        }
    }
}
