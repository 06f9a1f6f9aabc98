internal import Glibc
internal import Hagen
internal import HagenEngine

/// What a unit or a resource may be doing although no supervisor runs: it was left by a lost one, or was started by somebody
/// else. Before a supervisor says "nothing runs", that has to be true.
struct WorkloadRemains: Sendable {
    let cluster: FailoverConfiguration.Cluster
    let host: String
    let inherited: [String: String]

    /// One attempt to end it.
    ///
    /// - Returns: why it is not proved dead, in words; `nil` where it is, and for what has nothing but processes.
    func end() async -> String? {
        do {
            switch cluster.workload.kind {
            case .process, .none: return nil
            case .unit(let name): return try await endUnit(name)
            case .resourceAgent(let agent): return try await endResource(agent)
            }
        } catch {
            return error.description
        }
    }

    private func endUnit(_ unit: String) async throws(EngineFailure) -> String? {
        func ask(_ command: UnitCommand) async throws(EngineFailure) -> SupervisedAction.Outcome {
            try await BoundedCommand.run(
                command.words(for: unit), environment: UnitCommand.environment(inherited), timeout: .seconds(10))
        }
        let look = try await ask(.look)
        guard look.exitCode == 0 else {
            throw EngineFailure("systemd does not say whether '\(unit)' runs: systemctl \(look.ending) \(look.output)")
        }
        let properties = UnitProperties(look.output)
        let group = properties.controlGroup.flatMap { name in ControlGroupHierarchy.current?.group(named: name) }
        guard !properties.isOver || !(group?.state.isProvedEmpty ?? true) else { return nil }
        group?.kill()
        _ = try await ask(.kill)
        _ = try await ask(.stop)
        return "the unit '\(unit)' runs without a permit"
    }

    private func endResource(
        _ agent: FailoverConfiguration.Workload.ResourceAgent
    ) async throws(EngineFailure) -> String? {
        let environment = WorkloadEnvironment.of(
            cluster, host: host, role: .standby, epoch: 0, roleFile: nil, mark: "", inherited: inherited)
        let script = try ResourceAgentScript(agent, instance: cluster.name, environment: environment)
        script.prepare()
        func call(
            _ action: ResourceAgentScript.Action, timeout: Duration
        ) async throws(EngineFailure) -> SupervisedAction.Outcome {
            try await BoundedCommand.run(
                [script.path, action.rawValue], environment: script.environment(action, timeout: timeout),
                timeout: timeout)
        }
        // What is not installed does not run; a wrong parameter is said when it is started.
        func isDead(_ outcome: SupervisedAction.Outcome) -> Bool {
            [ResourceAgentCode.notRunning, ResourceAgentCode.notInstalled].contains(outcome.exitCode)
        }
        let look = try await call(.monitor, timeout: .seconds(20))
        guard !isDead(look) else { return nil }
        let stopped = try await call(.stop, timeout: cluster.workload.stopTimeout)
        if stopped.exitCode == 0, isDead(try await call(.monitor, timeout: .seconds(20))) { return nil }
        return
            "the resource runs without a permit: its monitor said \(ResourceAgentCode.words(look)), its stop \(ResourceAgentCode.words(stopped))"
    }
}
