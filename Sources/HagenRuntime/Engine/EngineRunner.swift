internal import FoundationEssentials
internal import Glibc
package import Hagen
internal import Logging
internal import ServiceLifecycle
internal import UnixSignals

/// Starts an engine from its configuration file and runs it to its clean end.
package enum EngineRunner {
    /// Reads and checks the file, then (unless `checkOnly`) makes the engine, serves its control socket, tells systemd
    /// that it is ready and keeps its watchdog fed, and runs until SIGTERM or SIGINT. With `checkOnly` it says on
    /// standard output that the file is fine.
    ///
    /// - Parameter faults: what is wrong with a configuration that can be read, one sentence a fault.
    /// - Throws: `EngineFailure`, in words for a person, when the file is wrong or the engine cannot start.
    package static func run<Configuration: EngineConfiguration>(
        _ configuration: Configuration.Type, at path: String, checkOnly: Bool,
        makeEngine: @Sendable (Configuration, EngineContext) async throws -> any EngineService,
        faults: @Sendable (Configuration) -> [String] = { _ in [] }
    ) async throws {
        let configuration = try ConfigurationFile.read(configuration, at: path)
        let found = faults(configuration)
        guard found.isEmpty else {
            throw EngineFailure(
                found.map { "\(path): \($0)" }.joined(separator: "\n"), kind: .configuration)
        }
        if checkOnly {
            print("\(path): fine")
            return
        }
        // A reader of the log or of a socket that went away must not end an engine.
        _ = signal(SIGPIPE, SIG_IGN)
        let environment = ProcessInfo.processInfo.environment
        let logger = try EngineLog.logger(for: configuration, environment: environment)
        let directories = try EngineDirectories(environment: environment)
        // Held by its open descriptor until the process ends, however it ends.
        let lock = try EngineLock(in: directories.runtime)
        defer { lock.release() }
        let context = EngineContext(
            logger: logger, runtimeDirectory: directories.runtime, stateDirectory: directories.state,
            credentialsDirectory: directories.credentials)
        let engine: any EngineService
        do {
            engine = try await makeEngine(configuration, context)
        } catch let failure as EngineFailure {
            throw failure
        } catch {
            throw EngineFailure("the \(Configuration.engine.rawValue) engine cannot start: \(error)")
        }
        try await serve(engine, configuration, context, ServiceManager(environment: environment, logger: logger))
    }

    private static func serve<Configuration: EngineConfiguration>(
        _ engine: any EngineService, _ configuration: Configuration, _ context: EngineContext, _ manager: ServiceManager
    ) async throws {
        let started = ContinuousClock.now
        let control = try ControlServer(
            path: context.runtimeDirectory + "/" + EngineEnvironment.controlSocket, logger: context.logger
        ) { request, peer in
            switch request {
            case .status:
                .status(
                    EngineStatus(
                        topology: configuration.topology, host: configuration.host, processID: getpid(),
                        uptime: ContinuousClock.now - started, detail: await engine.status()))
            case .order, .events: await engine.answer(request, from: peer)
            }
        }
        // Stopped from the last to the first: the announcement, then the engine, while the control socket still answers.
        var group = ServiceGroupConfiguration(
            services: [
                .init(service: control), .init(service: engine),
                .init(service: LifecycleAnnouncer(engine: engine, manager: manager, logger: context.logger)),
            ],
            gracefulShutdownSignals: [.sigterm, .sigint], logger: groupLogger(context.logger))
        group.maximumGracefulShutdownDuration = engine.maximumStopTime + .seconds(1)
        async let _ = manager.feedWatchdog { _ = await engine.status() }
        do {
            try await ServiceGroup(configuration: group).run()
        } catch let failure as EngineFailure {
            throw failure
        } catch is CancellationError {
            throw EngineFailure("the engine did not stop within \(engine.maximumStopTime.text) and was cut off")
        } catch {
            throw EngineFailure("the \(Configuration.engine.rawValue) engine failed: \(error)")
        }
        context.logger.info("stopped")
    }

    /// The group's own records say nothing that the engines' do not, except when something is wrong.
    private static func groupLogger(_ logger: Logger) -> Logger {
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .error)
        return quiet
    }
}

/// Tells the log and systemd when the engine is ready and when it is asked to stop.
private struct LifecycleAnnouncer: Service {
    let engine: any EngineService
    let manager: ServiceManager
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown { await engine.ready() }
        if !Task.isShuttingDownGracefully, !Task.isCancelled {
            logger.info("ready")
            manager.notify("READY=1\nSTATUS=running")
        }
        try? await gracefulShutdown()
        logger.info("stopping")
        manager.notify("STOPPING=1\nSTATUS=stopping")
    }
}
