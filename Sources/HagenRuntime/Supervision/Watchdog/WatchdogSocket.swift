internal import Glibc
internal import Hagen
internal import HagenEngine

/// What is said to the watchdog's keeper. It answers nothing: what was sent over a standing connection arrives.
enum WatchdogMessage: Equatable {
    /// The supervisor will have proved its workload dead by then, or have said another moment.
    case hold(String, until: Instant)
    /// The supervisor's workload is proved dead.
    case free(String)
    /// Done, unless something is held.
    case leave

    static let maximumByteCount = 256

    var text: String {
        switch self {
        case .hold(let supervisor, let moment): "hold \(moment.nanoseconds) \(supervisor)"
        case .free(let supervisor): "free \(supervisor)"
        case .leave: "leave"
        }
    }

    init?(_ text: String) {
        let words = text.split(separator: " ", maxSplits: 1).map(String.init)
        switch (words.first, words.last) {
        case ("hold", let rest?):
            // A path may have spaces in it.
            let parts = rest.split(separator: " ", maxSplits: 1)
            guard parts.count == 2, let moment = Int64(parts[0]) else { return nil }
            self = .hold(String(parts[1]), until: Instant(nanoseconds: moment))
        case ("free", let supervisor?) where words.count == 2: self = .free(supervisor)
        case ("leave", _): self = .leave
        default: return nil
        }
    }
}

/// Messages, each whole, over a Unix socket.
enum WatchdogSocket {
    private static let kind =
        Int32(SOCK_SEQPACKET.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)

    static func listen(at path: String) throws(EngineFailure) -> Int32 {
        guard let address = UnixSocketAddress(path: path) else {
            throw EngineFailure("'\(path)' is too long for the path of a Unix socket", kind: .configuration)
        }
        let descriptor = socket(AF_UNIX, kind, 0)
        unlink(path)
        let mask = umask(0o177)
        let isBound = descriptor >= 0 && address.withPointer { bind(descriptor, $0, $1) } == 0
        umask(mask)
        guard isBound, Glibc.listen(descriptor, 64) == 0 else {
            throw EngineFailure("cannot listen at '\(path)': \(systemMessage(errno))")
        }
        return descriptor
    }

    /// -1, with `errno` set, where nobody is there.
    static func connect(to path: String) -> Int32 {
        guard let address = UnixSocketAddress(path: path) else { return -1 }
        let descriptor = socket(AF_UNIX, kind, 0)
        guard descriptor >= 0 else { return -1 }
        if address.withPointer({ Glibc.connect(descriptor, $0, $1) }) == 0 { return descriptor }
        let problem = errno
        close(descriptor)
        errno = problem
        return -1
    }

    static func send(_ message: WatchdogMessage, over descriptor: Int32) -> Bool {
        let bytes = Array(message.text.utf8)
        return Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count
    }
}
