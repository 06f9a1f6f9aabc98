internal import Hagen
internal import HagenEngine
internal import Logging
internal import NIOCore
internal import NIOPosix
internal import Synchronization

/// Asks the agents of the members who is active, and tells the judge what they answer (rule 14). With it a balancer follows
/// a holder that goes on without the store by the promises of all members (rule 13).
///
/// Why no answer makes a balancer send clients to a member that was replaced:
/// - Only the host's own word counts for it. Off loopback it is authenticated with the agents' key, and it has to come from
///   that host's address.
/// - A delayed or repeated answer gains nothing: it names the question that it answers by a random number, and the permit
///   counts from the send of that question (`HolderQuestions`). So what is believed ends no later than the permit itself.
/// - An epoch that is older than any seen from the store or from an agent, or was released, is refused
///   (`LeaseFollowingMachine`).
/// - Should all this fail, the member's supervisor ends its workload at the permit's end whatever a balancer believes:
///   clients then meet an error, never a second active member.
final class HolderInquiry: Sendable {
    private let configuration: BalancerConfiguration.Agents
    private let topology: String
    private let host: String
    private let wire: AgentWire
    private let judge: BackendJudge
    private let logger: Logger
    private let peers: [(host: String, address: NIOCore.SocketAddress)]
    private let questions = Mutex(HolderQuestions())
    /// More than one round's answers wait only while the judge is held up; the newest tell all.
    private static let answerLimit = 256

    init(
        _ agents: BalancerConfiguration.Agents, of configuration: BalancerConfiguration, key: [UInt8]?,
        judge: BackendJudge, logger: Logger
    ) {
        self.configuration = agents
        topology = configuration.topology
        host = configuration.host
        wire = AgentWire(key: key)
        self.judge = judge
        self.logger = logger
        peers = agents.peers.compactMap { peer in
            let address = try? NIOCore.SocketAddress(
                ipAddress: peer.address.address.description, port: peer.address.port)
            return address.map { (peer.host, $0) }
        }
    }

    /// Until it is cancelled. Without a socket the leases in the store are followed all the same.
    func run() async {
        while !Task.isCancelled {
            do {
                let (answers, continuation) = AsyncStream.makeStream(
                    of: AgentMessage.self, bufferingPolicy: .bufferingNewest(Self.answerLimit))
                let channel = try await bind { message, _ in continuation.yield(message) }
                await withTaskGroup(of: Void.self) { group in
                    group.addTask { await self.ask(over: channel) }
                    group.addTask { for await answer in answers { await self.take(answer) } }
                    await group.next()
                    group.cancelAll()
                }
                try? await channel.close()
            } catch {
                logger.warning(
                    "cannot ask the agents who is active",
                    metadata: ["address": "\(configuration.address)", "error": "\(error)"])
            }
            try? await Task.sleep(for: .seconds(1))
        }
    }

    private func bind(
        _ heard: @escaping @Sendable (AgentMessage, NIOCore.SocketAddress) -> Void
    ) async throws -> any Channel {
        let addresses = Dictionary(
            configuration.peers.map { ($0.host, $0.address.address.description) },
            uniquingKeysWith: { first, _ in first })
        let wire = wire
        return try await DatagramBootstrap(group: MultiThreadedEventLoopGroup.singleton.next())
            .channelOption(
                .recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: AgentMessage.maximumByteCount)
            )
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        AgentMessageHandler(addresses: addresses, wire: wire, heard: heard))
                }
            }
            .bind(host: configuration.address.description, port: 0).get()
    }

    private func ask(over channel: any Channel) async {
        while !Task.isCancelled, channel.isActive {
            let round = UInt64.random(in: .min ... .max)
            let inquiry = AgentMessage(topology: topology, host: host, content: .inquiry(round: round))
            if let bytes = wire.datagram(inquiry) {
                questions.withLock { $0.asked(round: round, at: .now) }
                for peer in peers {
                    let data = channel.allocator.buffer(bytes: bytes)
                    channel.writeAndFlush(AddressedEnvelope(remoteAddress: peer.address, data: data), promise: nil)
                }
            }
            try? await Task.sleep(for: configuration.every)
        }
    }

    private func take(_ message: AgentMessage) async {
        guard message.topology == topology, case .holding(let round, let permits) = message.content,
            let asked = questions.withLock({ $0.sent(of: round) })
        else { return }
        for permit in permits { await judge.holderSpoke(message.host, permit, askedAt: asked) }
    }
}
