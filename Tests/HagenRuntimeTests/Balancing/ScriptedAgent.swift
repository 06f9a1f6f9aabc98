import Glibc
import Hagen
import Synchronization

@testable import HagenRuntime

/// An agent that answers balancers with whatever a test wants it to say.
final class ScriptedAgent: Sendable {
    let address: SocketAddress
    private let descriptor: Int32
    private let wire: AgentWire
    private let script: Mutex<@Sendable (_ round: UInt64) -> AgentMessage?>
    private let thread: Mutex<pthread_t?>
    private let isEnding = Mutex(false)
    private let count = Mutex(0)

    /// - Parameters:
    ///   - address: on loopback.
    ///   - script: what is said to a question, of the round that it names.
    init(
        _ address: IPAddress = IPAddress(ipv4: [127, 0, 0, 1]), key: [UInt8]?,
        script: @escaping @Sendable (_ round: UInt64) -> AgentMessage?
    ) throws {
        wire = AgentWire(key: key)
        self.script = Mutex(script)
        let descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        // So that the thread sees its end.
        var limit = timeval(tv_sec: 0, tv_usec: 50_000)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        guard SmallServer.withSocketAddress(SocketAddress(address, port: 0), { bind(descriptor, $0, $1) }) == 0 else {
            throw SmallServer.Failure(text: "cannot bind: error \(errno)")
        }
        var name = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &name) {
            _ = $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
        }
        self.descriptor = descriptor
        self.address = SocketAddress(address, port: Int(in_port_t(bigEndian: name.sin_port)))
        thread = Mutex(nil)
        let started = SmallServer.startThread { [self] in serve() }
        thread.withLock { $0 = started }
    }

    /// Answers that were sent so far.
    var answered: Int { count.withLock { $0 } }

    /// Says nothing from now on.
    func fallSilent() { script.withLock { $0 = { _ in nil } } }

    func stop() {
        guard
            let thread = thread.withLock({ thread in
                defer { thread = nil }
                return thread
            })
        else { return }
        isEnding.withLock { $0 = true }
        pthread_join(thread, nil)
        close(descriptor)
    }

    private func serve() {
        while !isEnding.withLock({ $0 }) { answer() }
    }

    private func answer() {
        var bytes = [UInt8](repeating: 0, count: AgentMessage.maximumByteCount)
        var sender = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let received = withUnsafeMutablePointer(to: &sender) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                recvfrom(descriptor, &bytes, bytes.count, 0, $0, &length)
            }
        }
        guard received > 0, let asked = wire.message(Array(bytes.prefix(received))),
            case .inquiry(let round) = asked.content, let message = script.withLock({ $0 })(round),
            let datagram = wire.datagram(message)
        else { return }
        _ = withUnsafeMutablePointer(to: &sender) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                sendto(descriptor, datagram, datagram.count, 0, $0, length)
            }
        }
        count.withLock { $0 += 1 }
    }
}
