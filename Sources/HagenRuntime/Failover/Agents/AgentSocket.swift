internal import Hagen
internal import Logging
internal import NIOCore
internal import NIOPosix
internal import Synchronization

/// The UDP socket over which the agents of other hosts are greeted, asked and answered.
final class AgentSocket: Sendable {
    private let configuration: FailoverConfiguration.Heartbeat
    private let wire: AgentWire
    private let eventLoop: any EventLoop
    private let logger: Logger
    /// What this host says of itself, asked for before each round.
    private let greeting: @Sendable () async -> AgentMessage
    private let heard: @Sendable (AgentMessage, NIOCore.SocketAddress) -> Void
    private let peers: [(host: String, address: NIOCore.SocketAddress)]
    private let channel = Mutex<(any Channel)?>(nil)

    init(
        configuration: FailoverConfiguration.Heartbeat, wire: AgentWire, eventLoop: any EventLoop, logger: Logger,
        greeting: @escaping @Sendable () async -> AgentMessage,
        heard: @escaping @Sendable (AgentMessage, NIOCore.SocketAddress) -> Void
    ) {
        self.configuration = configuration
        self.wire = wire
        self.eventLoop = eventLoop
        self.logger = logger
        self.greeting = greeting
        self.heard = heard
        peers = configuration.peers.compactMap { peer in
            let address = try? NIOCore.SocketAddress(
                ipAddress: peer.address.address.description, port: peer.address.port)
            return address.map { (peer.host, $0) }
        }
    }

    /// Until it is cancelled. A port that cannot be had is no reason to end: the lease works without greetings.
    func run() async {
        while !Task.isCancelled {
            do {
                let channel = try await bind()
                self.channel.withLock { $0 = channel }
                await greet(over: channel)
                self.channel.withLock { $0 = nil }
                try? await channel.close()
            } catch {
                logger.warning("cannot listen for greetings at \(configuration.listen): \(error)")
            }
            try? await Task.sleep(for: .seconds(1))
        }
    }

    /// A datagram may be lost; whoever needs the answer sends again.
    func send(_ message: AgentMessage, to hosts: [String]) {
        guard let channel = channel.withLock({ $0 }), let bytes = wire.datagram(message) else { return }
        write(bytes, to: hosts, over: channel)
    }

    private func write(_ bytes: [UInt8], to hosts: [String], over channel: any Channel) {
        for peer in peers where hosts.contains(peer.host) {
            let data = channel.allocator.buffer(bytes: bytes)
            channel.writeAndFlush(AddressedEnvelope(remoteAddress: peer.address, data: data), promise: nil)
        }
    }

    /// Where a balancer asked from.
    func answer(_ message: AgentMessage, at address: NIOCore.SocketAddress) {
        guard let channel = channel.withLock({ $0 }), let bytes = wire.datagram(message) else { return }
        let data = channel.allocator.buffer(bytes: bytes)
        channel.writeAndFlush(AddressedEnvelope(remoteAddress: address, data: data), promise: nil)
    }

    private func bind() async throws -> any Channel {
        let (heard, wire) = (heard, wire)
        let addresses = Dictionary(
            configuration.peers.map { ($0.host, $0.address.address.description) }
                + configuration.followers.map { ($0.host, $0.address.description) },
            uniquingKeysWith: { first, _ in first })
        let bootstrap = DatagramBootstrap(group: eventLoop)
            .channelOption(
                .recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: AgentMessage.maximumByteCount)
            )
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        AgentMessageHandler(addresses: addresses, wire: wire, heard: heard))
                }
            }
        let listen = configuration.listen
        return try await bootstrap.bind(host: listen.address.description, port: listen.port).get()
    }

    private func greet(over channel: any Channel) async {
        let hosts = peers.map(\.host)
        // Most greetings are the one before, to the last byte of their authentication.
        var last: (message: AgentMessage, datagram: [UInt8])?
        while !Task.isCancelled, channel.isActive {
            let message = await greeting()
            if last?.message != message { last = wire.datagram(message).map { (message, $0) } }
            if let last { write(last.datagram, to: hosts, over: channel) }
            try? await Task.sleep(for: configuration.every)
        }
    }
}

/// Takes what is authentic and comes from where it says.
final class AgentMessageHandler: ChannelInboundHandler {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>
    /// By host.
    private let addresses: [String: String]
    private let wire: AgentWire
    private let heard: @Sendable (AgentMessage, NIOCore.SocketAddress) -> Void
    /// By the address of a host.
    private var listeners: [String: AgentListener]

    init(
        addresses: [String: String], wire: AgentWire,
        heard: @escaping @Sendable (AgentMessage, NIOCore.SocketAddress) -> Void
    ) {
        self.addresses = addresses
        self.wire = wire
        self.heard = heard
        listeners = Dictionary(addresses.values.map { ($0, AgentListener()) }, uniquingKeysWith: { first, _ in first })
    }

    /// A message counts only when it comes from the address of the host that it names.
    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let envelope = unwrapInboundIn(data)
        guard let address = envelope.remoteAddress.ipAddress,
            let text = wire.authenticText(Array(envelope.data.readableBytesView)),
            let message = listeners[address]?.message(text), addresses[message.host] == address
        else { return }
        heard(message, envelope.remoteAddress)
    }

    /// A peer whose port is closed is reported here; it is no error of ours.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {}
}
