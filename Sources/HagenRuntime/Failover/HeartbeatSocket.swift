internal import FoundationEssentials
internal import Hagen
internal import Logging
internal import NIOCore
internal import NIOPosix

/// Greets the agents of other hosts over UDP and hears theirs.
struct HeartbeatSocket: Sendable {
    let configuration: FailoverConfiguration.Heartbeat
    let eventLoop: any EventLoop
    let logger: Logger
    /// What this host says of itself, asked for before each round.
    let greeting: @Sendable () async -> Greeting
    let heard: @Sendable (Greeting) -> Void

    /// Until it is cancelled. A port that cannot be had is no reason to end: the lease works without greetings.
    func run() async {
        while !Task.isCancelled {
            do {
                let channel = try await bind()
                await greet(over: channel)
                try? await channel.close()
            } catch {
                logger.warning("cannot listen for greetings at \(configuration.listen): \(error)")
            }
            try? await Task.sleep(for: .seconds(1))
        }
    }

    private func bind() async throws -> any Channel {
        let heard = heard
        let addresses = Dictionary(
            configuration.peers.map { ($0.host, $0.address.address.description) },
            uniquingKeysWith: { first, _ in first })
        let bootstrap = DatagramBootstrap(group: eventLoop)
            .channelOption(
                .recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: Greeting.maximumByteCount)
            )
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(GreetingHandler(addresses: addresses, heard: heard))
                }
            }
        let listen = configuration.listen
        return try await bootstrap.bind(host: listen.address.description, port: listen.port).get()
    }

    private func greet(over channel: any Channel) async {
        let peers = configuration.peers.compactMap { peer in
            try? NIOCore.SocketAddress(ipAddress: peer.address.address.description, port: peer.address.port)
        }
        while !Task.isCancelled, channel.isActive {
            if let bytes = try? JSONEncoder().encode(await greeting()), bytes.count <= Greeting.maximumByteCount {
                for peer in peers {
                    let data = channel.allocator.buffer(bytes: bytes)
                    channel.writeAndFlush(AddressedEnvelope(remoteAddress: peer, data: data), promise: nil)
                }
            }
            try? await Task.sleep(for: configuration.every)
        }
    }
}

private final class GreetingHandler: ChannelInboundHandler {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>
    /// Of each peer.
    private let addresses: [String: String]
    private let heard: @Sendable (Greeting) -> Void

    init(addresses: [String: String], heard: @escaping @Sendable (Greeting) -> Void) {
        self.addresses = addresses
        self.heard = heard
    }

    /// A greeting counts only when it comes from the address of the host that it names.
    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let envelope = unwrapInboundIn(data)
        guard let greeting = Greeting.read(envelope.data.readableBytesView),
            let address = addresses[greeting.host], envelope.remoteAddress.ipAddress == address
        else { return }
        heard(greeting)
    }

    /// A peer whose port is closed is reported here; it is no error of ours.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {}
}
