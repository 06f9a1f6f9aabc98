internal import Foundation
internal import Hagen

/// A whole topology on this machine: the store, and for every host its engines, kept running as systemd would.
///
/// One instance is one run: `run` starts everything, waits until it is told to stop, and leaves nothing behind.
/// Everything it starts carries its mark in the environment, so that whatever detaches from it can still be found.
package actor Lab {
    package nonisolated let plan: LabPlan
    package nonisolated let folders: LabFolders
    package nonisolated let record: LabRecord
    /// The last 256 that nobody has read yet.
    package nonisolated let events: AsyncStream<LabEvent>
    private let eventSink: AsyncStream<LabEvent>.Continuation

    private let configurations: [LabEngine: String]
    private var children: [LabEngine: ChildProcess] = [:]
    /// Engines that shall run; the others are down on purpose or gave up.
    private var wanted: Set<LabEngine> = []
    private var ready: Set<LabEngine> = []
    private var limits: [LabEngine: StartLimit] = [:]
    /// Engines that ended before they were ever ready, with the reason.
    private var stillborn: [LabEngine: String] = [:]
    private var wakers: [LabEngine: AsyncStream<Void>.Continuation] = [:]
    private var stopping = false
    private var hurried = false
    private let stopRequests: AsyncStream<Void>
    private let stopSink: AsyncStream<Void>.Continuation

    package init(plan: LabPlan, folders: LabFolders, identity: String) {
        self.plan = plan
        self.folders = folders
        let engines = plan.release.labEngines
        configurations = Dictionary(uniqueKeysWithValues: engines.map { ($0.engine, $0.configuration) })
        record = LabRecord(
            name: folders.name, identity: identity, processID: getpid(), state: folders.state,
            keepsState: plan.keepsState,
            hosts: plan.release.hosts.map { LabRecord.Host(name: $0.name, address: $0.address, zone: $0.zone) },
            engines: engines.map(\.engine))
        (events, eventSink) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(256))
        (stopRequests, stopSink) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Runs the lab from start to clean end.
    ///
    /// - Parameter whenReady: called once every engine has said that it is ready; cancelled when the lab stops.
    /// - Throws: `DeployError` when it could not start; then too nothing stays behind.
    package func run(whenReady: @escaping @Sendable () async -> Void) async throws {
        try folders.create()
        guard let lock = LabLock(on: folders.runtime) else {
            throw DeployError(
                "a lab of '\(folders.name)' runs already",
                advice: "Look at it with 'hagen status', or end it with 'hagen down'.")
        }
        if let left = LabRecord(at: folders.record) { try await LabCleanup.killProcesses(ofLab: left.identity) }
        var failure: (any Error)?
        var watcher: LabGuard?
        do {
            try PortCheck.check(plan.release)
            try record.write(to: folders.record)
            watcher = try plan.guardCommand.map {
                try LabGuard(command: $0 + [folders.runtime], environment: plan.environment)
            }
            try plan.writeFiles(to: folders.release)
            try await runEngines(whenReady)
        } catch {
            failure = error
        }
        do {
            try await LabCleanup.killProcesses(ofLab: record.identity)
            folders.remove(keepingState: plan.keepsState)
        } catch {
            failure = failure ?? error
        }
        await watcher?.dismiss()
        eventSink.finish()
        _ = consume lock
        if let failure { throw failure }
    }

    /// Stops everything in order; a second call stops waiting for the orderly end.
    package func stop() {
        hurried = stopping
        stopping = true
        stopSink.yield()
    }

    // MARK: - The run

    private func runEngines(_ whenReady: @escaping @Sendable () async -> Void) async throws {
        let server = try LabControlServer(at: folders.controlSocket)
        var sockets: [LabEngine: NotifySocket] = [:]
        var wakes: [LabEngine: AsyncStream<Void>] = [:]
        for engine in record.engines {
            try folders.create(for: engine)
            sockets[engine] = try NotifySocket(at: folders.notifySocket(of: engine))
            let (stream, waker) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
            wakes[engine] = stream
            wakers[engine] = waker
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await server.run { await self.answer($0) } }
            group.addTask { await self.boundLogs() }
            for engine in record.engines {
                let (socket, wake) = (sockets[engine], wakes[engine])
                group.addTask { await self.keep(engine, wake) }
                group.addTask {
                    guard let socket else { return }
                    for await message in socket.messages() where message.contains("READY=1") {
                        await self.becameReady(engine)
                    }
                }
            }
            var failure: (any Error)?
            do {
                try await startInOrder()
            } catch {
                failure = error
            }
            if failure == nil, !stopping {
                group.addTask { await whenReady() }
                for await _ in stopRequests { break }
            }
            await stopInOrder()
            group.cancelAll()
            if let failure { throw failure }
        }
    }

    /// The store first, because the agents need it; then everything else at once.
    private func startInOrder() async throws {
        for engines in [
            record.engines.filter { $0.engine == .coordinator }, record.engines.filter { $0.engine != .coordinator },
        ] {
            for engine in engines { want(engine) }
            try await waitUntilReady(engines)
        }
    }

    private func want(_ engine: LabEngine) {
        wanted.insert(engine)
        limits[engine] = StartLimit()
        wakers[engine]?.yield()
    }

    private func becameReady(_ engine: LabEngine) { ready.insert(engine) }

    /// Engines of a debug build on a busy machine take seconds.
    private static let readinessLimit: Duration = .seconds(60)

    private func waitUntilReady(_ engines: [LabEngine]) async throws {
        let deadline = ContinuousClock.now + Self.readinessLimit
        while !stopping {
            let missing = engines.filter { !ready.contains($0) }
            if missing.isEmpty { return }
            if let engine = missing.first(where: { stillborn[$0] != nil }), let reason = stillborn[engine] {
                throw notReady(engine, reason)
            }
            guard ContinuousClock.now < deadline else {
                throw notReady(missing[0], "was not ready within \(Self.readinessLimit.text)")
            }
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    private func notReady(_ engine: LabEngine, _ reason: String) -> DeployError {
        let lines = LabLog(path: folders.log(of: engine)).tail(lines: 20)
        let said = lines.isEmpty ? "It said nothing." : "It said:\n" + lines.map { "  " + $0 }.joined(separator: "\n")
        return DeployError("\(engine) \(reason). \(said)")
    }

    // MARK: - One engine

    /// Runs the engine whenever it is wanted, until the lab stops.
    private func keep(_ engine: LabEngine, _ wake: AsyncStream<Void>?) async {
        guard let wake else { return }
        for await _ in wake {
            while wanted.contains(engine), !stopping {
                guard limits[engine, default: StartLimit()].allowsStart(at: .now) else {
                    wanted.remove(engine)
                    eventSink.yield(.gaveUp(engine))
                    break
                }
                await runOnce(engine)
                guard wanted.contains(engine), !stopping else { break }
                try? await Task.sleep(for: StartLimit.delay)
            }
        }
    }

    private func runOnce(_ engine: LabEngine) async {
        ready.remove(engine)
        let child: ChildProcess
        do {
            child = try spawn(engine)
        } catch {
            let error = error as? DeployError ?? DeployError("\(error)")
            stillborn[engine] = "could not be started: \(error)"
            eventSink.yield(.couldNotStart(engine, error))
            return
        }
        children[engine] = child
        eventSink.yield(.started(engine, processID: child.processID))
        await child.waitForEnd()
        children[engine] = nil
        let ending = child.reap()
        guard wanted.contains(engine), !stopping else { return }
        if !ready.contains(engine) { stillborn[engine] = ending.description }
        eventSink.yield(.crashed(engine, ending))
    }

    private func spawn(_ engine: LabEngine) throws -> ChildProcess {
        let log = try LabLog(path: folders.log(of: engine)).openForAppending()
        defer { _ = close(log) }
        return try ChildProcess(
            plan.specification(
                of: engine, configuration: configurations[engine] ?? "", folders: folders, identity: record.identity,
                log: log))
    }

    private func boundLogs() async {
        while !Task.isCancelled {
            for engine in record.engines { LabLog(path: folders.log(of: engine)).bound() }
            try? await Task.sleep(for: .seconds(2))
        }
    }

    // MARK: - The end

    /// Monitors and balancers first, so that nobody is alarmed by what follows; then the agents, which stop the
    /// workloads; the store last, because agents give back their leases.
    private func stopInOrder() async {
        stopping = true
        // What was frozen goes on: a workload must be able to end by itself, and its agent to see that it did.
        for process in MarkedProcess.all(ofLab: record.identity) where process.state == .stopped {
            process.send(signal: SIGCONT)
        }
        await stopAll(.seconds(5)) { [.monitor, .balancer].contains($0.engine) }
        await stopAll(plan.stopTimeout) { $0.engine == .failover }
        await stopAll(.seconds(5)) { $0.engine == .coordinator }
        for waker in wakers.values { waker.finish() }
    }

    private func stopAll(_ limit: Duration, _ select: (LabEngine) -> Bool) async {
        let deadline = ContinuousClock.now + limit
        for (engine, child) in children where select(engine) { child.send(signal: SIGTERM) }
        while children.keys.contains(where: select) {
            if ContinuousClock.now >= deadline || hurried {
                for (engine, child) in children where select(engine) { child.send(signal: SIGKILL) }
            }
            try? await Task.sleep(for: .milliseconds(10))
        }
    }

    // MARK: - Faults

    private func answer(_ request: LabRequest) async -> LabResponse {
        switch request {
        case .stop:
            stop()
            return .done("stopping")
        case .fault(let fault):
            let known = record.engines.filter {
                $0.host == fault.host && (fault.engine == nil || $0.engine == fault.engine)
            }
            guard !known.isEmpty else { return .failure(unknownHost(fault)) }
            switch fault.kind {
            case .kill: await kill(fault)
            case .freeze: await freeze(fault)
            case .heal: heal(fault, known)
            }
            eventSink.yield(.faulted(fault))
            return .done(LabEvent.faulted(fault).description)
        }
    }

    private func unknownHost(_ fault: LabFault) -> String {
        let hosts = Set(record.engines.map(\.host)).sorted().joined(separator: ", ")
        if let engine = fault.engine, record.engines.contains(where: { $0.host == fault.host }) {
            return "no \(engine.rawValue) runs on '\(fault.host)'"
        }
        return "the lab has no host '\(fault.host)': it has \(hosts)"
    }

    private nonisolated func processes(hitBy fault: LabFault) -> [MarkedProcess] {
        MarkedProcess.all(ofLab: record.identity).filter {
            $0.host == fault.host && (fault.engine == nil || $0.engine == fault.engine)
        }
    }

    private func kill(_ fault: LabFault) async {
        if fault.engine == nil {
            for engine in record.engines where engine.host == fault.host { wanted.remove(engine) }
            _ = await [MarkedProcess].killAll(within: .seconds(5)) { self.processes(hitBy: fault) }
        } else {
            for process in processes(hitBy: fault) { process.send(signal: SIGKILL) }
        }
    }

    /// Again and again until nothing runs, because a process may start another one while it is being stopped.
    private func freeze(_ fault: LabFault) async {
        for _ in 0..<100 {
            let running = processes(hitBy: fault).filter { $0.state == .running }
            if running.isEmpty { return }
            for process in running { process.send(signal: SIGSTOP) }
            try? await Task.sleep(for: .milliseconds(5))
        }
    }

    private func heal(_ fault: LabFault, _ known: [LabEngine]) {
        for process in processes(hitBy: fault) { process.send(signal: SIGCONT) }
        for engine in known { want(engine) }
    }
}
