internal import CLinux
internal import FoundationEssentials
internal import Glibc
internal import HagenEngine
internal import Logging
internal import NIOCore
internal import NIOPosix

/// Keeps one member connected with its supervisor: finds the one that runs, or starts one.
///
/// A supervisor that is gone took the workload's first process with it. What that process had started may live on: it is looked
/// for by the mark in its environment and killed before a new supervisor is started, so that the new one's word "nothing runs"
/// is true.
struct SupervisorLink: Sendable {
    enum News: Sendable {
        case connected(any Channel, isNew: Bool)
        case replied(SupervisorReply)
        case disconnected
    }
    static let retryDelay: Duration = .milliseconds(5)
    /// Between two complaints about a supervisor that cannot be reached.
    static let patience: Duration = .seconds(5)

    let cluster: String
    let executable: String
    let socket: String
    let log: String
    let mark: String
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
            if !Task.isCancelled, isNeeded(), child == nil, !isRunning,
                lastStart.map({ $0 + .milliseconds(200) < .now }) ?? true
            {
                await killRemains()
                lastStart = .now
                child = start()
                isNew = true
            }
            if complaintAt < .now {
                logger.error("cannot reach the supervisor at \(socket)", metadata: ["cluster": "\(cluster)"])
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

    /// Whether a supervisor holds the lock beside its socket.
    private var isRunning: Bool {
        let descriptor = open(socket + ".lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return flock(descriptor, LOCK_EX | LOCK_NB) != 0
    }

    private func start() -> pid_t? {
        let null = open("/dev/null", O_RDWR | O_CLOEXEC)
        defer { close(null) }
        do {
            let started = try ChildProcess.start(
                ChildProcess.Specification(
                    path: executable,
                    arguments: ["hagend", "supervise", cluster, "--socket", socket, "--log", log],
                    environment: ProcessInfo.processInfo.environment, input: null, output: STDERR_FILENO))
            close(started.failure)
            return started.processID
        } catch {
            logger.error("cannot start a supervisor: \(error)", metadata: ["cluster": "\(cluster)"])
            return nil
        }
    }

    /// Returns when no process carries the workload's mark any more. One in uninterruptible sleep is waited for.
    private func killRemains() async {
        while !Task.isCancelled {
            let remains = ProcessTree.processes(with: "\(WorkloadEnvironment.mark)=\(mark)")
            guard !remains.isEmpty else { return }
            for process in remains { kill(process, SIGKILL) }
            logger.warning(
                "killed what a lost supervisor left: \(remains.sorted().map(String.init).joined(separator: " "))",
                metadata: ["cluster": "\(cluster)"])
            try? await Task.sleep(for: .milliseconds(10))
        }
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
