import Foundation
import Hagen
import HagenEngine
import Testing

@testable import HagenRuntime

/// Goal: the second layer of rule 8. The kernel lets clients through only while the permit is renewed; it does so with no
/// process acting, and leaves no rule behind.
@Suite(.serialized, .timeLimit(.minutes(3)), .enabled(if: TwoHosts.isPossible, Comment(rawValue: TwoHosts.need)))
struct PermitGateTests {
    let hosts: TwoHosts

    init() throws { hosts = try TwoHosts() }

    private func rules() throws -> String { try hosts.say(on: hosts.a, "/usr/sbin/nft", "list", "ruleset") }

    private func group(_ supervisor: SupervisorProcess, _ run: UInt64, _ permit: Permit) -> WorkloadStart {
        var start = supervisor.start(run, "", permit)
        start.workload = .none
        start.permitPort = 7000
        return start
    }

    /// Answers every byte with one.
    private static let echo = """
        import socket, threading
        def serve(c):
            while True: c.send(c.recv(1))
        l = socket.create_server(("", 7000)); print("ready")
        while True: threading.Thread(target=serve, args=(l.accept()[0],), daemon=True).start()
        """
    /// Prints when the last answer came, for as long as there are answers.
    private static let client = """
        import socket, time
        c = socket.create_connection(("10.77.0.1", 7000), 5); c.settimeout(0.5)
        c.send(b"x"); c.recv(1); print("ready")
        try:
            while True:
                c.send(b"x"); c.recv(1)
                print(time.clock_gettime_ns(time.CLOCK_BOOTTIME)); time.sleep(0.002)
        except OSError: print("over")
        """

    /// Supervisor and agent hang or are dead: an established connection is cut at the permit's end, to a few milliseconds.
    @Test(arguments: [SIGSTOP, SIGKILL]) func connectionsAreCutWithTheDeadline(signal: Int32) async throws {
        let supervisor = try SupervisorProcess(in: hosts.a)
        try await supervisor.connect()
        let permit = Permit(epoch: 1, deadline: .now + .seconds(1))
        let reply = try supervisor.ask(.start(group(supervisor, 1, permit)))
        #expect(reply.refusal == nil)
        #expect(reply.notes == nil)
        let server = try await hosts.python(on: hosts.a, Self.echo)
        let client = try await hosts.python(on: hosts.b, Self.client)
        let longer = Permit(epoch: 1, deadline: .now + .milliseconds(900))
        #expect(try supervisor.ask(.extend(run: 1, permit: longer)).refusal == nil)
        supervisor.signal(signal)
        try await client.wait(for: "over")
        let last = try #require(client.lines.compactMap { Int64($0) }.max())
        let late = Instant(nanoseconds: last) - longer.deadline
        print("signal \(signal): the last answer came \(late.text) after the deadline")
        #expect(late > .milliseconds(-50))
        #expect(late < .milliseconds(50))
        withExtendedLifetime(server) {}
    }

    /// The port of a standby is closed, that of an active one open, loopback always; when all leave, no rule is left.
    @Test func portIsOpenUnderThePermitAlone() async throws {
        let supervisor = try SupervisorProcess(in: hosts.a)
        let other = try SupervisorProcess(in: hosts.a)
        try await supervisor.connect()
        try await other.connect()
        let server = try await hosts.python(on: hosts.a, Self.echo)
        func reaches(_ host: String, _ address: String) throws -> Bool {
            try hosts.say(
                on: host, "/usr/bin/python3", "-c",
                """
                import socket
                try: socket.create_connection(("\(address)", 7000), 0.3); print(1)
                except TimeoutError: print(0)
                """) == "1\n"
        }
        #expect(try reaches(hosts.b, "10.77.0.1"))
        var elsewhere = group(other, 1, Permit(epoch: 1, deadline: .now + .seconds(60)))
        elsewhere.permitPort = 7001
        #expect(try other.ask(.start(elsewhere)).notes == nil)
        #expect(try reaches(hosts.b, "10.77.0.1"))
        var standby = supervisor.start(1, "trap : HUP; sleep 300 & wait; sleep 300", nil)
        standby.role = .standby
        standby.permitPort = 7000
        #expect(try supervisor.ask(.start(standby)).notes == nil)
        #expect(try !reaches(hosts.b, "10.77.0.1"))
        #expect(try reaches(hosts.a, "10.77.0.1"))
        let permit = Permit(epoch: 1, deadline: .now + .seconds(60))
        #expect(try supervisor.ask(.promote(run: 1, permit: permit)).refusal == nil)
        #expect(try reaches(hosts.b, "10.77.0.1"))
        // As a restart of Debian's nftables.service does; the next extension makes it whole again.
        _ = try hosts.say(on: hosts.a, "/usr/sbin/nft", "flush", "ruleset")
        #expect(
            try supervisor.ask(.extend(run: 1, permit: Permit(epoch: 1, deadline: .now + .seconds(90)))).notes == nil)
        #expect(try rules().contains("7000 timeout"))
        _ = try supervisor.ask(.kill(run: 1))
        _ = try supervisor.next { $0.report.state == .idle }
        #expect(try !reaches(hosts.b, "10.77.0.1"))
        _ = try supervisor.ask(.leave)
        try await within(.seconds(5)) {
            while supervisor.isRunning { try await Task.sleep(for: .milliseconds(5)) }
        }
        #expect(try reaches(hosts.b, "10.77.0.1"))
        _ = try other.ask(.kill(run: 1))
        _ = try other.ask(.leave)
        try await within(.seconds(5)) {
            while other.isRunning { try await Task.sleep(for: .milliseconds(5)) }
        }
        #expect(try rules() == "")
        withExtendedLifetime(server) {}
    }

    /// What a dead supervisor left is closed, and the next one opens it.
    @Test func nextSupervisorOpensWhatTheLastLeft() async throws {
        let supervisor = try SupervisorProcess(in: hosts.a)
        try await supervisor.connect()
        _ = try supervisor.ask(.start(group(supervisor, 1, Permit(epoch: 1, deadline: .now + .milliseconds(200)))))
        supervisor.kill()
        try await within(.seconds(5)) {
            while supervisor.isRunning { try await Task.sleep(for: .milliseconds(2)) }
        }
        #expect(try rules().contains("elements = { 7000 }"))
        supervisor.disconnect()
        try supervisor.run()
        try await supervisor.connect()
        #expect(try rules() == "")
    }

    /// What an agent does before the workload of a lost supervisor is proved dead leaves the port closed; what the next
    /// supervisor does, which is started after that proof, opens it. Here on the machine itself, at a port of nobody's.
    @Test func portStaysClosedUntilTheWorkloadIsProvedDead() throws {
        let directory = try TemporaryDirectory()
        let socket = directory.path + "/shop.sock"
        let port = try freePort()
        func isClosed() throws -> Bool {
            try TwoHosts.run(["/usr/sbin/nft", "list", "ruleset"]).contains("\(port)")
        }
        let record = NetworkRecord(addresses: [], permitPort: port)
        try record.write(NetworkRecord.path(besides: socket))
        let gate = PermitGate()
        try gate.manage(PermitKey.of([], port: port))
        try gate.permit(until: .now + .milliseconds(1), at: .now)
        #expect(try isClosed())
        try WorkloadNetwork.removeAddresses(socket: socket, besides: [])
        #expect(try isClosed())
        #expect(try NetworkRecord.read(NetworkRecord.path(besides: socket)) == record)
        try WorkloadNetwork.removeLeftovers(socket: socket)
        #expect(try !isClosed())
        #expect(try NetworkRecord.read(NetworkRecord.path(besides: socket)) == nil)
    }
}
