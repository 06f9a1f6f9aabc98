import Testing

@testable import HagenRuntime

/// Goal: a greeting that repeats the one before means the same without being read again, and nothing else is ever taken for it.
@Suite struct AgentListenerTests {
    private let key = [UInt8](repeating: 7, count: AgentKey.leastByteCount)

    private func message(_ epoch: UInt64, isReady: Bool = true) -> AgentMessage {
        AgentMessage(
            topology: "t", host: "b",
            content: .greeting([Greeting(cluster: "c", isReady: isReady, epoch: epoch)]))
    }

    @Test func eachTextIsTakenForWhatItSays() throws {
        let wire = AgentWire(key: key)
        var listener = AgentListener()
        let question = AgentMessage(
            topology: "t", host: "b", content: .question(LeaseQuestion(cluster: "c", epoch: 1, round: 5)))
        let said = [message(1), message(1), message(2), question, question, message(2), message(2, isReady: false)]
        for told in said {
            let datagram = try #require(wire.datagram(told))
            let text = try #require(wire.authenticText(datagram))
            #expect(listener.message(text) == told)
        }
    }

    @Test func aRepeatedTextStillHasToBeAuthentic() throws {
        let wire = AgentWire(key: key)
        var listener = AgentListener()
        let datagram = try #require(wire.datagram(message(1)))
        #expect(wire.authenticText(datagram).flatMap { listener.message($0) } == message(1))
        for position in [0, datagram.count / 2, datagram.count - 1] {
            var changed = datagram
            changed[position] ^= 1
            #expect(wire.authenticText(changed) == nil, "byte \(position)")
        }
        #expect(wire.authenticText(Array(datagram.dropLast())) == nil)
        #expect(wire.authenticText([]) == nil)
    }

    @Test func whatIsNoMessageIsNotRemembered() {
        var listener = AgentListener()
        for _ in 0..<2 { #expect(listener.message(Array("{}".utf8)[...]) == nil) }
    }
}
