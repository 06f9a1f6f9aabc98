internal import FoundationEssentials
internal import Glibc
internal import Hagen
internal import HagenEngine
internal import Logging
internal import NIOCore
internal import NIOPosix

/// Keeps one member connected with its supervisor: finds the one that runs, or starts one.
///
/// A supervisor that is gone took the workload's first process with it. What that process had started may live on: it is looked
/// for by the mark in its environment and killed before a new supervisor is started, so that the new one's word "nothing runs"
/// is true. What cannot be looked into is not taken for dead: the member then waits, and says for what. Where the agent
/// was given a control group, the workload's is killed as one and has to be empty. Without one, a process that
/// cleared its environment after its parent had ended is not found.
struct SupervisorLink: Sendable {
    enum News: Sendable {
        case connected(any Channel, isNew: Bool)
        case replied(SupervisorReply)
        case disconnected
    }
    static let retryDelay: Duration = .milliseconds(5)
    /// Between two complaints about a supervisor that cannot be reached.
    static let patience: Duration = .seconds(5)
    /// Between two looks for what a lost supervisor left; the first ones and the last ones.
    static let shortestClearDelay: Duration = .milliseconds(10)
    static let longestClearDelay: Duration = .seconds(1)

    let cluster: String
    let executable: String
    let socket: String
    let log: String
    let mark: String
    let groups: AgentGroups?
    /// Of the cluster: none of them may be there while no supervisor runs.
    let addresses: [FailoverConfiguration.VirtualAddress]
    let remains: WorkloadRemains
    /// The socket of the watchdog's keeper; `nil` where there is none.
    let watchdog: String?
    let eventLoop: any EventLoop
    let logger: Logger
    /// `false` from when the supervisor was told to leave.
    let isNeeded: @Sendable () -> Bool
    let deliver: @Sendable (News) -> Bool

    /// Until it is cancelled, or not needed any more.
    func run() async {
        var child: pid_t?
        var lastStart: Instant?
        var complaintAt = Instant.now + Self.patience
        var isNew = false
        while !Task.isCancelled, isNeeded() {
            if let channel = try? await connect() {
                if deliver(.connected(channel, isNew: isNew)) {
                    isNew = false
                    await waitUntilClosed(channel)
                    complaintAt = .now + Self.patience
                }
                try? await channel.close()
                _ = deliver(.disconnected)
            }
            if let process = child, waitpid(process, nil, WNOHANG) != 0 { child = nil }
            let state = lock.state
            if !Task.isCancelled, isNeeded(), child == nil, case .free(let lost) = state,
                lastStart.map({ $0 + .milliseconds(200) < .now }) ?? true
            {
                // First, for it takes no time and another host may have them soon.
                removeAddresses()
                await killRemains(of: lost)
                // Proved dead, in the place of the one that cannot say so any more.
                if let watchdog, !Task.isCancelled { WatchdogClaim.free(socket, socket: watchdog) }
                lastStart = .now
                if !Task.isCancelled { child = start() }
                isNew = true
            }
            if complaintAt < .now {
                complain(state)
                complaintAt = .now + Self.patience
            }
            try? await Task.sleep(for: Self.retryDelay, tolerance: .zero)
        }
    }

    private func connect() async throws -> any Channel {
        let deliver = deliver
        let bootstrap = ClientBootstrap(group: eventLoop).channelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(SupervisorReplyHandler(deliver: deliver))
            }
        }
        return try await bootstrap.connect(unixDomainSocketPath: socket).get()
    }

    private func waitUntilClosed(_ channel: any Channel) async {
        await withTaskCancellationHandler {
            try? await channel.closeFuture.get()
        } onCancel: {
            channel.close(promise: nil)
        }
    }

    private var lock: SupervisorLock { SupervisorLock(path: socket + ".lock") }

    /// A supervisor that has not let anyone connect for so long is frozen: nobody enforces its workload's permit.
    private func complain(_ state: SupervisorLock.State) {
        var problem = "cannot reach the supervisor at \(socket)"
        if case .unknown(let reason) = state { problem += ": \(reason)" }
        if let process = lock.killHolder() { problem += ": killed process \(process)" }
        logger.error("\(problem)", metadata: ["cluster": "\(cluster)"])
    }

    private func start() -> pid_t? {
        let group = groups.map { ["--control-group", $0.workload(of: cluster).path] } ?? []
        do {
            return try OutlivingProcess.start(
                executable, ["supervise", cluster, "--socket", socket, "--log", log] + group, keepsNetwork: true,
                controlGroup: groups?.supervisors)
        } catch {
            logger.error("cannot start a supervisor: \(error)", metadata: ["cluster": "\(cluster)"])
            return nil
        }
    }

    /// The supervisor that is started next tries again where it fails, and does not begin before it succeeds.
    private func removeAddresses() {
        do {
            try WorkloadNetwork.removeAddresses(socket: socket, besides: addresses)
        } catch {
            logger.error(
                "cannot take away what a lost supervisor left in the network: \(error)",
                metadata: ["cluster": "\(cluster)"])
        }
    }

    /// Returns when the workload is proved dead: its control group is empty, no process carries its mark, and none that
    /// might is hidden from the agent. One in uninterruptible sleep is waited for.
    private func killRemains(of lost: SupervisorLock.Holder?) async {
        var delay = Self.shortestClearDelay
        var complaintAt = Instant.now
        while !Task.isCancelled {
            let problem: String?
            do {
                // A process that hangs can hold up whoever reads its environment.
                let processes = try await NIOThreadPool.singleton.runIfActive { try killWhatRemains(of: lost) }
                problem = if let processes { processes } else { await remains.end() }
                if problem == nil { return }
            } catch {
                problem = "cannot look for what is left of it: \(error)"
            }
            if let problem, complaintAt <= .now {
                logger.warning(
                    "the workload is not proved dead, and so no supervisor is started: \(problem)",
                    metadata: ["cluster": "\(cluster)"])
                complaintAt = .now + Self.patience
            }
            try? await Task.sleep(for: delay)
            delay = min(delay * 2, Self.longestClearDelay)
        }
    }

    /// - Returns: what is left, in words; `nil`: nothing.
    private func killWhatRemains(of lost: SupervisorLock.Holder?) throws(EngineFailure) -> String? {
        let group = groups?.workload(of: cluster)
        var state = ControlGroup.State.missing
        if let group {
            group.kill()
            state = group.state
            if !state.isProvedEmpty { return "its control group '\(group.path)' is not empty" }
        }
        // A supervisor that had a control group made it before it ran anything, and nothing left it without meaning to.
        let began = state == .empty ? nil : lost?.began
        let remains = try ProcessTree.remains(
            with: "\(WorkloadEnvironment.mark)=\(mark)", since: began, within: groups?.name)
        for process in remains.certain { kill(process, SIGKILL) }
        if !remains.certain.isEmpty { return "killed what a lost supervisor left: \(list(remains.certain))" }
        guard !remains.possible.isEmpty else { return nil }
        return "cannot tell whether these processes are left of it: \(list(remains.possible))"
    }

    private func list(_ processes: [pid_t]) -> String {
        let shown = processes.sorted().prefix(10).map(String.init).joined(separator: " ")
        return processes.count > 10 ? "\(shown) and \(processes.count - 10) more" : shown
    }
}

/// Lines of JSON from a supervisor.
private final class SupervisorReplyHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private let deliver: @Sendable (SupervisorLink.News) -> Bool
    private var received = ByteBuffer()

    init(deliver: @escaping @Sendable (SupervisorLink.News) -> Bool) { self.deliver = deliver }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var buffer = unwrapInboundIn(data)
        received.writeBuffer(&buffer)
        while let end = received.readableBytesView.firstIndex(of: UInt8(ascii: "\n")) {
            let count = end - received.readableBytesView.startIndex
            guard let line = received.readBytes(length: count + 1),
                let reply = try? JSONDecoder().decode(SupervisorReply.self, from: Data(line)),
                reply.version == SupervisorProtocol.version, deliver(.replied(reply))
            else {
                // Coming back brings the whole state.
                context.close(promise: nil)
                return
            }
        }
        received.discardReadBytes()
        if received.readableBytes > SupervisorProtocol.maximumLineByteCount { context.close(promise: nil) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
