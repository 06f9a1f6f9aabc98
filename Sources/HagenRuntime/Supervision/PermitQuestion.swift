internal import CLinux
internal import FoundationEssentials
internal import Glibc
internal import Hagen
internal import HagenEngine

/// Asks a supervisor whether its workload may run now: for `ExecCondition=` of a unit, so that neither a boot nor a package's
/// upgrade nor a person starts one beside the active one (rule 9 of the safety page).
package enum PermitQuestion {
    private static let patienceInMilliseconds: Int32 = 2000

    /// - Parameter socket: of the supervisor.
    /// - Returns: why it may not, in words; `nil`: it may.
    package static func refusal(socket path: String) -> String? {
        do {
            let report = try ask(path)
            guard report.state == .running else { return "its cluster has not started it on this host" }
            guard let permit = report.permit else { return nil }
            return .now < permit.deadline ? nil : "its permit for epoch \(permit.epoch) is over"
        } catch {
            return "its supervisor says nothing: \(error)"
        }
    }

    private static func ask(_ path: String) throws(EngineFailure) -> SupervisorReport {
        guard let address = UnixSocketAddress(path: path) else {
            throw EngineFailure("'\(path)' is no path of a Unix socket")
        }
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw EngineFailure("cannot make a socket: \(systemMessage(errno))") }
        defer { close(descriptor) }
        guard address.withPointer({ connect(descriptor, $0, $1) }) == 0 else {
            throw EngineFailure("cannot reach '\(path)': \(systemMessage(errno))")
        }
        do {
            // Of no run: it only asks.
            let request = try JSONEncoder().encode(SupervisorRequest(.settle(run: 0))) + [UInt8(ascii: "\n")]
            let sent = request.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard sent == request.count else { throw EngineFailure("it does not listen") }
            var bytes: [UInt8] = []
            while bytes.count < SupervisorProtocol.maximumLineByteCount {
                var polled = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
                guard poll(&polled, 1, patienceInMilliseconds) > 0 else { break }
                var buffer = [UInt8](repeating: 0, count: 4096)
                let count = recv(descriptor, &buffer, buffer.count, 0)
                guard count > 0 else { break }
                bytes += buffer.prefix(count)
                guard let end = bytes.firstIndex(of: UInt8(ascii: "\n")) else { continue }
                return try JSONDecoder().decode(SupervisorReply.self, from: Data(bytes[..<end])).report
            }
        } catch {
            throw EngineFailure("\(error)")
        }
        throw EngineFailure("it does not answer")
    }
}
