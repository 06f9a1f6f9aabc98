internal import CLinux
internal import Glibc

/// A conversation with one part of the kernel over netlink. No call waits: the kernel has answered a request when the call
/// that sent it returns, and the rest of a long answer when it is asked for it.
final class NetlinkSocket {
    enum Part: Int32 {
        case route = 0
        case socketDiagnosis = 4
        case netfilter = 12
    }

    /// The kernel refused a request.
    struct Refusal: Error, Equatable {
        /// As in errno(3).
        var code: Int32
        var description: String { systemMessage(code) }
    }

    /// A dump that is longer is not complete; what is asked for here is never near it.
    private static let datagramLimit = 4096
    private let descriptor: Int32
    private var sequence: UInt32 = 0
    private var buffer = [UInt8](repeating: 0, count: 64 << 10)

    init(_ part: Part) throws(Refusal) {
        let descriptor = linux_netlink_open(part.rawValue)
        guard descriptor >= 0 else { throw Refusal(code: -descriptor) }
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// Asks for something to be done.
    func perform(_ message: NetlinkMessage) throws(Refusal) {
        sequence &+= 1
        try send(message.finished(sequence: sequence))
        try collect { _ in }
    }

    /// Asks for one thing, or with the flag `dump` for all of them.
    func ask(_ message: NetlinkMessage) throws(Refusal) -> [NetlinkReply] {
        sequence &+= 1
        try send(message.finished(sequence: sequence))
        var replies: [NetlinkReply] = []
        try collect { replies.append($0) }
        return replies
    }

    /// Asks for several things in one call of the system. Each is done or not by itself.
    ///
    /// - Returns: of each, in order, `nil` where it was done.
    func performAll(_ messages: [NetlinkMessage]) throws(Refusal) -> [Refusal?] {
        var bytes: [UInt8] = []
        let first = sequence &+ 1
        for message in messages {
            sequence &+= 1
            bytes += message.finished(sequence: sequence)
        }
        try send(bytes)
        var results: [Refusal?] = messages.map { _ in Refusal(code: ENODATA) }
        receive { reply in
            let index = Int(reply.sequence &- first)
            guard index < results.count, reply.type == NetlinkReply.failure,
                let code = reply.payload.number(at: 0, as: Int32.self)
            else { return true }
            results[index] = code == 0 ? nil : Refusal(code: -code)
            return index < results.count - 1
        }
        return results
    }

    /// Messages that count only together, as netfilter takes them: the first and the last mark the batch.
    func performBatch(_ messages: [NetlinkMessage]) throws(Refusal) {
        var bytes: [UInt8] = []
        let first = sequence &+ 1
        for message in messages {
            sequence &+= 1
            bytes += message.finished(sequence: sequence)
        }
        // Answers to an earlier batch must not be taken for this one's.
        receive { _ in true }
        try send(bytes)
        var refusal: Refusal?
        receive { reply in
            if reply.sequence &- first <= self.sequence &- first, reply.type == NetlinkReply.failure,
                let code = reply.payload.number(at: 0, as: Int32.self), code != 0, refusal == nil
            {
                refusal = Refusal(code: -code)
            }
            return true
        }
        if let refusal { throw refusal }
    }

    private func send(_ bytes: [UInt8]) throws(Refusal) {
        let sent = linux_netlink_send(descriptor, bytes, bytes.count)
        guard sent == bytes.count else { throw Refusal(code: sent < 0 ? Int32(-sent) : EMSGSIZE) }
    }

    /// Takes the answers to the last request until its end.
    private func collect(_ each: (NetlinkReply) -> Void) throws(Refusal) {
        var ending: Refusal? = Refusal(code: ENODATA)
        receive { reply in
            guard reply.sequence == sequence else { return true }
            switch reply.type {
            case NetlinkReply.done, NetlinkReply.failure:
                let code = reply.payload.number(at: 0, as: Int32.self) ?? 0
                ending = code == 0 ? nil : Refusal(code: -code)
                return false
            default:
                each(reply)
                return true
            }
        }
        if let ending { throw ending }
    }

    /// - Parameter each: `false` ends it.
    private func receive(_ each: (NetlinkReply) -> Bool) {
        for _ in 0..<Self.datagramLimit {
            let count = linux_netlink_receive(descriptor, &buffer, buffer.count)
            if count == -Int(EINTR) { continue }
            guard count >= 0 else { return }
            for reply in NetlinkReply.all(in: buffer[..<count]) where !each(reply) { return }
        }
    }
}
