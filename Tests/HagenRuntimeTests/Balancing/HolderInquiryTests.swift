import Foundation
import Hagen
import HagenEngine
import Logging
import Synchronization
import Testing

@testable import HagenRuntime

/// Goal: a balancer without news from the store follows the active member by that member's own, fresh and authentic word,
/// and by nothing else (SAFETY 14). With real sockets, the agents' key and a store that shows no renewal.
@Suite(.serialized, .timeLimit(.minutes(2))) struct HolderInquiryTests {
    private static let own = IPAddress(ipv4: [127, 0, 0, 1])
    private static let keyText = "0123456789abcdef0123456789abcdef"
    private static let key = Array(keyText.utf8)

    /// A balancer with the members `a` and `b`; the agent under test is that of `b`.
    private func balance(
        agentAt address: IPAddress = own, namedAs other: IPAddress? = nil, agentKey: [UInt8] = key,
        script: @escaping @Sendable (_ round: UInt64) -> AgentMessage?,
        _ body: (EngineUnderTest, ScriptedAgent, InMemoryStore) async throws -> Void
    ) async throws {
        let servers = try [SmallServer("a"), SmallServer("b")]
        defer { for server in servers { server.stop() } }
        let agent = try ScriptedAgent(address, key: agentKey, script: script)
        defer { agent.stop() }
        let directory = try TemporaryDirectory()
        _ = try directory.file("agent-key", Self.keyText + "\n")
        let named = other.map { SocketAddress($0, port: agent.address.port) } ?? agent.address
        let agents = BalancerConfiguration.Agents(
            address: Self.own, every: .milliseconds(50), peers: [.init(host: "b", address: named)], key: "agent-key")
        let store = InMemoryStore()
        try await EngineUnderTest.run(
            .tcp, [("a", servers[0].address), ("b", servers[1].address)], store: store, agents: agents,
            credentials: directory.path,
            { $0.selection = .active(leaseDuration: DurationText(wrappedValue: .seconds(1))) },
            { try await body($0, agent, store) })
    }

    private static func holding(
        _ round: UInt64, host: String = "b", topology: String = "test", cluster: String = "app", epoch: UInt64 = 3,
        left: Duration = .milliseconds(800)
    ) -> AgentMessage {
        let permit = HeldPermit(cluster: cluster, epoch: epoch, leftInNanoseconds: left.nanoseconds)
        return AgentMessage(topology: topology, host: host, content: .holding(round: round, permits: [permit]))
    }

    private func write(_ record: LeaseRecord, to store: InMemoryStore) async throws {
        let key = "/hagen/test/" + LeaseKey.of(cluster: "app")
        let found = try await store.read(prefix: key).records.first { $0.key == key }
        let value = String(decoding: try JSONEncoder().encode(record), as: UTF8.self)
        _ = try await store.commit([CompareAndSwap(key: key, expected: found?.revision ?? 0, value: value)])
    }

    @Test("The word holds the traffic for as long as it comes, and no longer than the permit of which it tells")
    func word() async throws {
        try await balance(script: { Self.holding($0) }) { test, agent, _ in
            #expect(await becomesTrue { await test.eligible() == ["b"] })
            // For several leases without one renewal in the store.
            #expect(!(await becomesTrue(within: .seconds(3)) { await test.eligible().isEmpty }))
            #expect(await test.greeting() == "b")
            #expect(test.log.contains("follows the active member by its own word", "backend=b"))
            let moment = ContinuousClock.now
            agent.fallSilent()
            #expect(await becomesTrue(within: .seconds(3)) { await test.eligible() == [] })
            #expect(ContinuousClock.now - moment < .milliseconds(1100))
            #expect(await becomesTrue { test.log.contains("backend is not eligible", "its agent was not heard") })
        }
    }

    @Test("The store's newer epoch, or its release, ends the word at once, however often it is repeated")
    func storeGoesBefore() async throws {
        try await balance(script: { Self.holding($0) }) { test, agent, store in
            #expect(await becomesTrue { await test.eligible() == ["b"] })
            try await write(
                LeaseRecord(holder: "b", epoch: 3, nonce: 1, duration: .seconds(1), released: true), to: store)
            #expect(await becomesTrue(within: .milliseconds(700)) { await test.eligible() == [] })
            let answered = agent.answered
            #expect(await becomesTrue { agent.answered > answered + 5 })
            #expect(await test.eligible() == [])
            try await write(
                LeaseRecord(holder: "a", epoch: 4, nonce: 2, duration: .seconds(1), released: false), to: store)
            #expect(await becomesTrue { await test.eligible() == ["a"] })
        }
    }

    @Test("An answer that was recorded and is sent again ends with the permit of its time")
    func repeated() async throws {
        let first = Mutex<UInt64?>(nil)
        try await balance(script: { round in
            Self.holding(
                first.withLock { first in
                    first = first ?? round
                    return first ?? round
                })
        }) { test, agent, _ in
            #expect(await becomesTrue { await test.eligible() == ["b"] })
            #expect(await becomesTrue(within: .milliseconds(1200)) { await test.eligible() == [] })
            let answered = agent.answered
            #expect(await becomesTrue { agent.answered > answered + 10 })
            #expect(await test.eligible() == [])
        }
    }

    @Test("A permit that says it is longer than the lease is believed for a lease only")
    func tooLong() async throws {
        try await balance(script: { Self.holding($0, left: .seconds(3600)) }) { test, agent, _ in
            #expect(await becomesTrue { await test.eligible() == ["b"] })
            agent.fallSilent()
            #expect(await becomesTrue(within: .milliseconds(1500)) { await test.eligible() == [] })
        }
    }

    enum Lie: CaseIterable { case topology, cluster, host, round, nothingLeft }

    @Test(
        "What is not the answer of the member itself to a question of this balancer counts for nothing",
        arguments: Lie.allCases)
    func lies(lie: Lie) async throws {
        try await balance(script: { round in
            switch lie {
            case .topology: Self.holding(round, topology: "other")
            case .cluster: Self.holding(round, cluster: "other")
            case .host: Self.holding(round, host: "a")
            case .round: Self.holding(round &+ 1)
            case .nothingLeft: Self.holding(round, left: .zero)
            }
        }) { test, agent, _ in
            #expect(await becomesTrue { agent.answered > 10 })
            #expect(await test.eligible() == [])
        }
    }

    @Test("An answer from another address than the member's counts for nothing")
    func otherAddress() async throws {
        // It hears the questions, because it is bound to all addresses, and answers from its own.
        try await balance(
            agentAt: IPAddress(ipv4: [0, 0, 0, 0]), namedAs: IPAddress(ipv4: [127, 0, 0, 1]),
            script: { Self.holding($0) }
        ) { test, _, _ in #expect(await becomesTrue { await test.eligible() == ["b"] }, "the agent is at that address")
        }
        try await balance(
            agentAt: IPAddress(ipv4: [0, 0, 0, 0]), namedAs: IPAddress(ipv4: [127, 0, 0, 9]),
            script: { Self.holding($0) }
        ) { test, agent, _ in
            #expect(await becomesTrue { agent.answered > 10 })
            #expect(await test.eligible() == [])
        }
    }

    @Test("Whoever has not the key neither understands nor is understood")
    func otherKey() {
        let message = Self.holding(7)
        let other = Array("ffffffffffffffffffffffffffffffff".utf8)
        let datagram = AgentWire(key: Self.key).datagram(message)
        #expect(datagram.flatMap { AgentWire(key: Self.key).message($0) } == message)
        #expect(datagram.flatMap { AgentWire(key: other).message($0) } == nil)
        #expect(AgentWire(key: nil).datagram(message).flatMap { AgentWire(key: Self.key).message($0) } == nil)
        for position in datagram?.indices ?? 0..<0 {
            var changed = datagram ?? []
            changed[position] ^= 1
            #expect(AgentWire(key: Self.key).message(changed) == nil, "byte \(position)")
        }
    }

    @Test("Without its key a balancer does not start, and says what to do")
    func noKey() throws {
        var configuration = try EngineUnderTest.configuration(.tcp, [("a", SocketAddress(Self.own, port: 1))])
        configuration.agents = BalancerConfiguration.Agents(
            address: Self.own, every: .milliseconds(100), peers: [], key: "agent-key")
        #expect(throws: EngineFailure.self) {
            try BalancerEngine(
                configuration, store: nil, credentialsDirectory: "/nowhere", logger: .init(label: "test"))
        }
        configuration.agents?.every = .milliseconds(1)
        #expect(BalancerEngine.faults(configuration).joined().contains("the agents are asked every 1ms"))
    }
}
