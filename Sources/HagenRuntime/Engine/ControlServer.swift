internal import FoundationEssentials
internal import Glibc
internal import Hagen
internal import Logging
internal import NIOCore
internal import NIOFoundationCompat
internal import NIOPosix
internal import ServiceLifecycle

/// Answers on an engine's control socket; the conversation is described at `ControlRequest`.
struct ControlServer: Service {
    static let maximumConnections = 16
    static let timeLimit = Duration.seconds(2)

    /// Between attempts to open the socket anew, after it failed under a running engine.
    private static let pause = Duration.seconds(1)

    private let path: String
    private let descriptor: Int32
    private let logger: Logger
    private let respond: @Sendable (ControlRequest, ControlPeer) async -> ControlResponse

    /// Binds the socket, so that a failure is known before the engine does anything. `run` must be called once then.
    ///
    /// - Throws: `EngineFailure` when the path is too long, or another process answers there.
    init(
        path: String, logger: Logger,
        respond: @escaping @Sendable (ControlRequest, ControlPeer) async -> ControlResponse
    ) throws(EngineFailure) {
        self.path = path
        self.logger = logger
        self.respond = respond
        descriptor = try Self.bound(path)
    }

    /// Answers until the engine stops. A socket that fails, for want of descriptors for one, is opened anew: an engine
    /// that cannot be asked is still one that works.
    func run() async throws {
        defer { unlink(path) }
        try? await cancelWhenGracefulShutdown {
            var descriptor = self.descriptor
            while true {
                do {
                    try await serve(descriptor)
                } catch let error as CancellationError {
                    throw error
                } catch {
                    logger.error("the control socket failed", metadata: ["error": "\(error)"])
                }
                repeat {
                    try await Task.sleep(for: Self.pause)
                    descriptor = (try? Self.bound(path)) ?? -1
                } while descriptor < 0
            }
        }
    }

    private func serve(_ descriptor: Int32) async throws {
        let server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            // Nothing is read before the connection's own task listens.
            .childChannelOption(.autoRead, value: false)
            .bind(descriptor) { $0.eventLoop.makeSucceededFuture($0) }
        try await server.executeThenClose { connections in
            try await withThrowingTaskGroup(of: Void.self) { group in
                var count = 0
                for try await channel in connections {
                    // Those that wait beyond these stay in the kernel's queue.
                    if count == Self.maximumConnections {
                        try await group.next()
                        count -= 1
                    }
                    count += 1
                    group.addTask { await converse(channel) }
                }
            }
        }
    }

    private func converse(_ channel: any Channel) async {
        do {
            let connection = try await channel.eventLoop.submit {
                try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
            }.get()
            try await withDeadline(Self.timeLimit) {
                try await connection.executeThenClose { inbound, outbound in
                    try await channel.setOption(.autoRead, value: true).get()
                    guard let response = await response(to: inbound, on: channel) else { return }
                    var line = try JSONEncoder().encodeAsByteBuffer(response, allocator: ByteBufferAllocator())
                    line.writeInteger(UInt8(ascii: "\n"))
                    try await outbound.write(line)
                }
            }
        } catch {
            logger.debug("a control connection ended early", metadata: ["error": "\(error)"])
        }
    }

    /// `nil` where the client went away without a request.
    private func response(
        to inbound: NIOAsyncChannelInboundStream<ByteBuffer>, on channel: any Channel
    ) async -> ControlResponse? {
        do {
            let limit = ControlLine.maximumRequestByteCount
            guard let line = try await ControlLine.read(from: inbound, limit: limit) else { return nil }
            let request = try JSONDecoder().decode(ControlRequest.self, from: line)
            return await respond(request, ControlPeer(of: channel))
        } catch is DecodingError {
            return .failure("the request is not one that this hagend knows")
        } catch is CancellationError {
            return nil
        } catch {
            return .failure("the request cannot be read: \(error)")
        }
    }

    private static func bound(_ path: String) throws(EngineFailure) -> Int32 {
        guard let address = UnixSocketAddress(path: path) else {
            throw EngineFailure(
                "the control socket's path '\(path)' has \(path.utf8.count) bytes, but Linux takes at most "
                    + "\(UnixSocketAddress.maximumPathByteCount): choose a shorter runtime folder", kind: .configuration
            )
        }
        try removeStale(path, address)
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else {
            throw EngineFailure("no control socket can be made: \(systemMessage(errno))")
        }
        // The file has this mode, less the umask, from its first moment on; then exactly this one.
        guard fchmod(descriptor, 0o660) == 0,
            address.withPointer({ bind(descriptor, $0, $1) }) == 0, chmod(path, 0o660) == 0, listen(descriptor, 64) == 0
        else {
            let message = systemMessage(errno)
            close(descriptor)
            throw EngineFailure("the control socket '\(path)' cannot be opened: \(message)")
        }
        return descriptor
    }

    /// Removes the socket that a dead engine left; refuses where somebody still listens.
    private static func removeStale(_ path: String, _ address: UnixSocketAddress) throws(EngineFailure) {
        var properties = stat()
        guard lstat(path, &properties) == 0 else { return }
        guard properties.st_mode & S_IFMT == S_IFSOCK else {
            throw EngineFailure("'\(path)' stands where the control socket belongs, and is none: remove it")
        }
        let probe = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
        guard probe >= 0 else { throw EngineFailure("no socket can be made: \(systemMessage(errno))") }
        defer { close(probe) }
        let isRefused = address.withPointer { connect(probe, $0, $1) } != 0 && errno == ECONNREFUSED
        guard isRefused else { throw EngineFailure("another process listens on the control socket '\(path)'") }
        guard unlink(path) == 0 || errno == ENOENT else {
            throw EngineFailure("the stale control socket '\(path)' cannot be removed: \(systemMessage(errno))")
        }
    }
}
