import Foundation
import Hagen
import HagenEngine
import Testing

@testable import HagenRuntime

/// Goal: rule 15. A supervisor puts virtual IPs on and tells the neighbours; whatever becomes of it, they are off in time, and
/// nothing else of the host's network is touched.
@Suite(.serialized, .timeLimit(.minutes(3)), .enabled(if: TwoHosts.isPossible, Comment(rawValue: TwoHosts.need)))
struct VirtualAddressTests {
    static let addresses = [
        FailoverConfiguration.VirtualAddress(
            address: IPAddress("10.77.0.80")!, prefixLength: 32, interface: "v1"),
        FailoverConfiguration.VirtualAddress(
            address: IPAddress("fd77::80")!, prefixLength: 128, interface: "v1"),
    ]
    static let own = ["10.77.0.1/24", "fd77::1/64"]
    let hosts: TwoHosts

    init() throws { hosts = try TwoHosts() }

    private func group(
        _ supervisor: SupervisorProcess, _ run: UInt64, _ permit: Permit?,
        _ addresses: [FailoverConfiguration.VirtualAddress] = addresses
    ) -> WorkloadStart {
        var start = supervisor.start(run, "", permit)
        start.workload = .none
        start.addresses = addresses
        return start
    }

    /// Without what the kernel gives each interface by itself.
    private func held() throws -> [String] { try hosts.addresses().filter { !$0.hasPrefix("fe80") } }

    /// Prints each frame by which somebody claims an address: the protocol, the operation, the address.
    private static let witness = """
        import socket, struct
        s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
        s.bind(("v2", 0))
        print("ready")
        while True:
            frame = s.recv(2048)
            kind = struct.unpack("!H", frame[12:14])[0]
            if kind == 0x0806 and frame[28:32] == frame[38:42] and frame[22:28] == frame[6:12]:
                print("arp", frame[21], socket.inet_ntop(socket.AF_INET, frame[28:32]))
            if kind == 0x86DD and frame[20] == 58 and frame[54] == 136:
                print("advertisement", frame[21], frame[58], socket.inet_ntop(socket.AF_INET6, frame[62:78]))
        """

    /// Five times at once in every form, then every second; the addresses answer, and a refused connection proves it.
    @Test func addressesAreAnnouncedAndAnswer() async throws {
        let witness = try await hosts.python(on: hosts.b, Self.witness)
        let supervisor = try SupervisorProcess(in: hosts.a)
        try await supervisor.connect()
        let reply = try supervisor.ask(.start(group(supervisor, 1, Permit(epoch: 1, deadline: .now + .seconds(30)))))
        #expect(reply.refusal == nil)
        #expect(reply.report.state == .running)
        #expect(try held() == [Self.own[0], "10.77.0.80/32", "fd77::80/128", Self.own[1]])
        let forms = ["arp 1 10.77.0.80", "arp 2 10.77.0.80", "advertisement 255 32 fd77::80"]
        for count in [5, 6, 7] {
            try await within(.seconds(5)) {
                while !forms.allSatisfy({ form in witness.lines.count { $0 == form } >= count }) {
                    try await Task.sleep(for: .milliseconds(5))
                }
            }
        }
        for address in ["10.77.0.80", "fd77::80"] {
            let said = try hosts.say(
                on: hosts.b, "/usr/bin/python3", "-c",
                """
                import socket
                try: socket.create_connection(("\(address)", 9), 5)
                except Exception as problem: print(type(problem).__name__)
                """)
            #expect(said == "ConnectionRefusedError\n")
        }
        #expect(try supervisor.ask(.stop(run: 1)).report.state == .idle)
        #expect(try held() == Self.own)
    }

    /// Nobody extends the permit, as when the agent is frozen: at the deadline they are off.
    @Test func deadlineTakesThemOff() async throws {
        let supervisor = try SupervisorProcess(in: hosts.a)
        try await supervisor.connect()
        let permit = Permit(epoch: 1, deadline: .now + .seconds(1))
        #expect(try supervisor.ask(.start(group(supervisor, 1, permit))).refusal == nil)
        let ended = try supervisor.next { $0.report.state == .idle }
        let late = Instant.now - permit.deadline
        print("virtual IPs off \(late.text) after the deadline")
        #expect(late >= .zero)
        #expect(late < .milliseconds(100))
        #expect(try held() == Self.own)
        #expect(ended.report.ending == "was killed: its permit for epoch 1 ended")
    }

    /// Nothing at all acts any more: nobody is answered from the deadline on, and the kernel takes the addresses off.
    @Test func frozenSupervisorDoesNotKeepThem() async throws {
        let supervisor = try SupervisorProcess(in: hosts.a)
        try await supervisor.connect()
        let permit = Permit(epoch: 1, deadline: .now + .seconds(1))
        let reply = try supervisor.ask(.start(group(supervisor, 1, permit)))
        #expect(reply.notes == nil)
        supervisor.signal(SIGSTOP)
        // One question for the address after the other, each answered at once or never.
        let answers = try await hosts.python(
            on: hosts.b,
            """
            import socket, struct, time
            s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0806))
            s.bind(("v2", 0x0806))
            mac = s.getsockname()[4]
            s.settimeout(0.01)
            print("ready")
            while True:
                s.send(b"\\xff" * 6 + mac + b"\\x08\\x06\\0\\1\\x08\\0\\6\\4\\0\\1" + mac
                    + bytes([10, 77, 0, 2]) + b"\\0" * 6 + bytes([10, 77, 0, 80]))
                try:
                    while True:
                        frame = s.recv(2048)
                        if frame[28:32] == bytes([10, 77, 0, 80]):
                            print(time.clock_gettime_ns(time.CLOCK_BOOTTIME))
                            time.sleep(0.005)
                            break
                except TimeoutError: pass
            """)
        try await within(.seconds(10)) {
            while try held() != Self.own { try await Task.sleep(for: .milliseconds(20)) }
        }
        let gone = Instant.now - permit.deadline
        let last = answers.lines.compactMap { Int64($0) }.max().map { Instant(nanoseconds: $0) - permit.deadline }
        print(
            "frozen supervisor: the last answer \(last?.text ?? "none") after the deadline, off \(gone.text) after it")
        #expect(gone < .seconds(3))
        let answered = try #require(last)
        #expect(answered < .milliseconds(50))
        supervisor.signal(SIGCONT)
    }

    /// What a killed supervisor left is off before the next one says a word, and nothing else is.
    @Test func nextSupervisorTakesOffWhatTheLastLeft() async throws {
        try hosts.ip("-n", hosts.a, "address", "add", "10.77.0.90/24", "dev", "v1")
        var own = Self.own
        own.insert("10.77.0.90/24", at: 1)
        let supervisor = try SupervisorProcess(in: hosts.a)
        try await supervisor.connect()
        _ = try supervisor.ask(.start(group(supervisor, 1, Permit(epoch: 1, deadline: .now + .seconds(60)))))
        supervisor.kill()
        try await within(.seconds(5)) {
            while supervisor.isRunning { try await Task.sleep(for: .milliseconds(2)) }
        }
        #expect(try held().count == own.count + 2)
        supervisor.disconnect()
        try supervisor.run()
        try await supervisor.connect()
        #expect(try held() == own)
    }

    /// An address of the user's own in the same network neither goes with ours nor comes under it.
    @Test func otherAddressesStay() async throws {
        let supervisor = try SupervisorProcess(in: hosts.a)
        try await supervisor.connect()
        _ = try supervisor.ask(.start(group(supervisor, 1, nil)))
        try hosts.ip("-n", hosts.a, "address", "add", "10.77.0.90/24", "dev", "v1")
        try hosts.ip("-n", hosts.a, "address", "add", "10.77.0.80/24", "dev", "v1")
        _ = try supervisor.ask(.kill(run: 1))
        #expect(try held() == ["10.77.0.1/24", "10.77.0.90/24", "10.77.0.80/24", "fd77::1/64"])
    }

    /// An idle client of an address that leaves is told so, and does not wait; clients of other addresses are left alone.
    @Test func connectionsEndWithTheAddress() async throws {
        let supervisor = try SupervisorProcess(in: hosts.a)
        try await supervisor.connect()
        #expect(try supervisor.ask(.start(group(supervisor, 1, nil))).refusal == nil)
        // Neither belongs to the workload; one serves both families.
        let server = try await hosts.python(
            on: hosts.a,
            """
            import socket, time
            one = socket.create_server(("10.77.0.80", 7000))
            both = socket.create_server(("", 7001), family=socket.AF_INET6, dualstack_ipv6=True)
            print("ready"); time.sleep(60)
            """)
        let client = try await hosts.python(
            on: hosts.b,
            """
            import selectors, socket
            s = selectors.DefaultSelector()
            for place in (("10.77.0.80", 7000), ("10.77.0.80", 7001), ("fd77::80", 7001), ("10.77.0.1", 7001)):
                s.register(socket.create_connection(place, 5), selectors.EVENT_READ, place)
            print("ready")
            while True:
                for key, _ in s.select():
                    try: key.fileobj.recv(1)
                    except ConnectionResetError: print("reset", *key.data)
                    s.unregister(key.fileobj)
            """)
        _ = try supervisor.ask(.stop(run: 1))
        try await within(.seconds(1)) {
            while client.lines.count < 4 { try await Task.sleep(for: .milliseconds(1)) }
        }
        #expect(
            client.lines.dropFirst().sorted() == [
                "reset 10.77.0.80 7000", "reset 10.77.0.80 7001", "reset fd77::80 7001",
            ])
        // Who listens there is not disturbed: a balancer waits for the address to come back.
        #expect(try hosts.say(on: hosts.a, "/usr/bin/ss", "-tlnH").contains("10.77.0.80:7000"))
        withExtendedLifetime(server) {}
    }

    /// Who else claims an address is said, and changes nothing.
    @Test func duplicatesAreSaid() async throws {
        try hosts.ip("-n", hosts.b, "address", "add", "10.77.0.80/32", "dev", "v2")
        try hosts.ip("-n", hosts.b, "address", "add", "fd77::80/128", "dev", "v2", "nodad")
        let supervisor = try SupervisorProcess(in: hosts.a)
        try await supervisor.connect()
        #expect(try supervisor.ask(.start(group(supervisor, 1, nil))).refusal == nil)
        let reply = try supervisor.next { $0.notes?.count == 2 }
        let other = try hosts.say(on: hosts.b, "/usr/bin/cat", "/sys/class/net/v2/address").split(separator: "\n")[0]
        #expect(reply.report.state == .running)
        #expect(reply.notes == ["10.77.0.80", "fd77::80"].map { "\($0) on 'v1' was also claimed by \(other)" })
        #expect(reply.claims == reply.notes)
    }

    /// What cannot be done is said in words, and leaves nothing.
    @Test func problemsAreInWords() async throws {
        let supervisor = try SupervisorProcess(in: hosts.a)
        try await supervisor.connect()
        var elsewhere = Self.addresses[1]
        elsewhere.interface = "eth9"
        let refused = try supervisor.ask(.start(group(supervisor, 1, nil, [Self.addresses[0], elsewhere])))
        #expect(refused.refusal == "was not started: interface 'eth9' does not exist; there are: lo, v1")
        #expect(try held() == Self.own)
        try hosts.ip("-n", hosts.a, "link", "set", "v1", "down")
        let down = try supervisor.ask(.start(group(supervisor, 2, nil)))
        #expect(down.refusal == "was not started: interface 'v1' is down")
    }

    /// A hot standby has none of them until it is promoted; its program, whatever it is, may not change the network.
    @Test func promotionBringsThem() async throws {
        let supervisor = try SupervisorProcess(in: hosts.a)
        try await supervisor.connect()
        var start = supervisor.start(1, "trap : HUP; grep CapBnd /proc/self/status; sleep 300 & wait; sleep 300", nil)
        start.role = .standby
        start.addresses = Self.addresses
        #expect(try supervisor.ask(.start(start)).refusal == nil)
        #expect(try held() == Self.own)
        try await within(.seconds(5)) {
            while !supervisor.log().contains("CapBnd") { try await Task.sleep(for: .milliseconds(5)) }
        }
        let words = supervisor.log().split(whereSeparator: \.isWhitespace)
        let bounds = try #require(words.firstIndex(of: "CapBnd:").flatMap { UInt64(words[$0 + 1], radix: 16) })
        #expect(bounds & (1 << 12 | 1 << 13) == 0)
        let promoted = try supervisor.ask(.promote(run: 1, permit: Permit(epoch: 2, deadline: .now + .seconds(60))))
        #expect(promoted.refusal == nil)
        #expect(try held() == [Self.own[0], "10.77.0.80/32", "fd77::80/128", Self.own[1]])
        let main = try #require(promoted.report.processID)
        Foundation.kill(main, SIGKILL)
        _ = try supervisor.next { $0.report.state == .idle }
        #expect(try held() == Self.own)
    }
}
