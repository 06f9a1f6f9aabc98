internal import Glibc
internal import Hagen
internal import HagenEngine

/// A resource that an OCF agent starts, watches and stops. It need not have a process: it may be a mount or an address.
///
/// So its death is proved in two steps: no process is left of what the agent started, and either its `stop` said that it
/// succeeded, or its `monitor` says "not running". While neither does, both are tried again, and the resource is not dead.
struct ResourceAgentWorkload: SupervisedWorkload {
    private enum Ending: Equatable {
        /// Nothing has ended it.
        case none
        /// Its processes are being killed; then it is stopped.
        case killing
        case stopping
        /// What the stop left is being killed; then the resource is dead, or asked.
        case killingRest(isStopped: Bool)
        case proving
        case waiting(until: Instant)
        case done
    }
    /// From a proof that failed to the next attempt.
    private static let pause: Duration = .seconds(1)
    /// Until the agent's meta-data says how long its start may take.
    private static let startTimeout: Duration = .seconds(60)

    private let script: ResourceAgentScript
    private let surroundings: WorkloadSurroundings
    private var group: WorkloadGroup
    private var current: (kind: ResourceAgentScript.Action, action: SupervisedAction)?
    private var metadata: SupervisedAction?
    private var times = ResourceAgentTimes()
    private let began: Instant
    private var monitorAt: Instant?
    private var step = Ending.none
    private(set) var ending: String?

    init(
        _ agent: FailoverConfiguration.Workload.ResourceAgent, _ start: WorkloadStart,
        in surroundings: WorkloadSurroundings, admit: () throws(EngineFailure) -> Void
    ) throws(EngineFailure) {
        script = try ResourceAgentScript(
            agent, instance: start.environment["HAGEN_CLUSTER"] ?? "hagen", environment: start.environment)
        script.prepare()
        self.surroundings = surroundings
        group = try WorkloadGroup(surroundings.controlGroup)
        began = .now
        do {
            try admit()
            current = (.start, try run(.start, timeout: Self.startTimeout))
        } catch {
            group.close()
            throw error
        }
        // Beside the start, which may not wait for it.
        metadata = try? run(.metadata, timeout: times.timeout(.metadata), captures: true)
    }

    var processID: pid_t? { nil }
    var watched: Int32? { group.events }
    var isDead: Bool { step == .done && group.isEmpty }
    var wake: Instant? {
        [current?.action.wake, metadata?.wake, current == nil ? monitorAt : nil].compactMap(\.self).min()
    }

    mutating func stop(at now: Instant) {
        monitorAt = nil
        // A start or a monitor that is under way is not waited for: the stop has to cope with what they leave.
        abandon()
        // The supervisor's own time-out ends it earlier.
        begin(.stop, timeout: .seconds(3600))
    }

    mutating func kill() {
        group.kill()
        abandon()
        monitorAt = nil
        step = .killing
    }

    mutating func clear(at now: Instant) {
        if step == .none { step = .killing }
        if case .waiting(let until) = step, until <= now { step = .killing }
        switch step {
        case .killing:
            guard isCleared() else { return }
            step = .stopping
            begin(.stop, timeout: min(times.timeout(.stop), .seconds(300)))
        case .killingRest(let isStopped):
            guard isCleared() else { return }
            step = isStopped ? .done : .proving
            if !isStopped { begin(.monitor, timeout: min(times.timeout(.monitor), .seconds(60))) }
        case .none, .stopping, .proving, .waiting, .done: return
        }
    }

    mutating func timeReached(at now: Instant) {
        current?.action.timeReached(at: now)
        metadata?.timeReached(at: now)
        guard let monitorAt, monitorAt <= now, current == nil, step == .none else { return }
        self.monitorAt = nil
        begin(.monitor, timeout: min(times.timeout(.monitor), .seconds(60)), interval: times.monitorInterval)
    }

    mutating func watchedChanged(at now: Instant) { group.acknowledge() }
    mutating func finish() { group.close() }

    mutating func childEnded(_ process: pid_t, status: Int32, at now: Instant) {
        if let metadata, metadata.processID == process {
            times = ResourceAgentTimes(metadata: metadata.finish(status: status).output)
            self.metadata = nil
            if current?.kind == .start { current?.action.deadline = began + times.timeout(.start) }
            // The start was faster.
            if let at = monitorAt { monitorAt = min(at, now + times.monitorInterval) }
            return
        }
        guard let current, current.action.processID == process else { return }
        self.current = nil
        let outcome = current.action.finish(status: status)
        switch (step, current.kind) {
        case (.none, let kind): ended(kind, outcome, at: now)
        case (.stopping, _):
            if outcome.exitCode != 0 { say("could not be stopped: \(ResourceAgentCode.words(outcome))") }
            step = .killingRest(isStopped: outcome.exitCode == 0)
        case (.proving, _):
            if outcome.exitCode == ResourceAgentCode.notRunning {
                step = .done
            } else {
                say("is not proved dead: its monitor says \(ResourceAgentCode.words(outcome))")
                step = .waiting(until: now + Self.pause)
            }
        // It was under way when the resource was killed.
        default: return
        }
    }

    /// An action that nobody had to be killed for has ended.
    private mutating func ended(
        _ kind: ResourceAgentScript.Action, _ outcome: SupervisedAction.Outcome, at now: Instant
    ) {
        let words = ResourceAgentCode.words(outcome)
        switch kind {
        case .start where outcome.exitCode == 0: monitorAt = now + times.monitorInterval
        case .start: ending = "could not be started: \(words)"
        case .monitor where outcome.exitCode.map(ResourceAgentCode.isRunning) ?? false:
            if outcome.exitCode != 0 { say("its monitor says \(words)") }
            monitorAt = now + times.monitorInterval
        case .monitor: ending = "failed: its monitor says \(words)"
        case .stop:
            ending = outcome.exitCode == 0 ? "was stopped" : "could not be stopped: \(words)"
            if outcome.exitCode == 0 { step = .killingRest(isStopped: true) }
        case .metadata, .validate: return
        }
    }

    private mutating func isCleared() -> Bool {
        guard group.isEmpty else {
            group.killAll()
            return false
        }
        return true
    }

    private mutating func abandon() {
        current?.action.kill()
        metadata?.kill()
        // They are reaped like every orphan; what they say is of no use any more.
        if let metadata { metadata.discard() }
        if let current { current.action.discard() }
        (current, metadata) = (nil, nil)
    }

    private mutating func begin(_ kind: ResourceAgentScript.Action, timeout: Duration, interval: Duration = .zero) {
        do {
            current = (kind, try run(kind, timeout: timeout, interval: interval))
        } catch {
            say("'\(kind.rawValue)' could not be run: \(error)")
            switch step {
            case .none: ending = "could not be asked: \(error)"
            default: step = .waiting(until: .now + Self.pause)
            }
        }
    }

    private func run(
        _ kind: ResourceAgentScript.Action, timeout: Duration, interval: Duration = .zero, captures: Bool = false
    ) throws(EngineFailure) -> SupervisedAction {
        try SupervisedAction(
            [script.path, kind.rawValue],
            environment: script.environment(kind, timeout: timeout, interval: interval), in: surroundings,
            controlGroup: group.controlGroup, until: .now + timeout, captures: captures)
    }

    /// To the workload's log.
    private func say(_ words: String) {
        let line = Array("hagen: the resource \(words)\n".utf8)
        // A log that nobody empties must not hold up the supervisor.
        var output = pollfd(fd: surroundings.output, events: Int16(POLLOUT), revents: 0)
        guard poll(&output, 1, 0) == 1, output.revents & Int16(POLLOUT) != 0 else { return }
        _ = write(surroundings.output, line, min(line.count, Int(PIPE_BUF)))
    }
}
