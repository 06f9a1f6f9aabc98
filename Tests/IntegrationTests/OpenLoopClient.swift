import Foundation
import Hagen
import Synchronization

/// A client that sends at a fixed rate, whatever became of what it sent before: a server that hangs is seen by every
/// request that should have been sent meanwhile. One thread and `poll`, so that nothing of the test holds it up.
final class OpenLoopClient: Sendable {
    struct Plan: Sendable {
        var address: SocketAddress
        var interval: Duration
        /// Connections are used again, as browsers do; otherwise each exchange has one of its own.
        var keepsConnections: Bool
        var request: @Sendable (_ number: Int) -> String
        /// What the bytes so far mean; `nil` while the answer is not complete.
        var parse: @Sendable (_ bytes: [UInt8]) -> Sample.Outcome?
        var timeout: Duration = .seconds(5)
    }

    private struct State {
        var samples: [Sample] = []
        var stops = false
    }

    private let plan: Plan
    private let state = Mutex(State())

    init(_ plan: Plan) { self.plan = plan }

    /// In the order in which they ended.
    var samples: [Sample] { state.withLock { $0.samples } }

    func start() {
        let thread = Thread { [self] in run() }
        thread.start()
    }

    func stop() { state.withLock { $0.stops = true } }

    // MARK: - The thread

    private struct Connection {
        var descriptor: Int32
        var start: ContinuousClock.Instant
        var unsent: ArraySlice<UInt8>
        var received: [UInt8] = []
    }

    private func run() {
        var busy: [Connection] = []
        var idle: [Int32] = []
        var next = ContinuousClock.now
        var number = 0
        while !state.withLock({ $0.stops }) {
            let now = ContinuousClock.now
            while next <= now {
                open(plan.request(number), at: now, &busy, &idle)
                number += 1
                next += plan.interval
            }
            expire(&busy, at: now)
            wait(for: &busy, &idle, until: next)
        }
        (busy.map(\.descriptor) + idle).forEach { _ = close($0) }
    }

    private func open(
        _ request: String, at now: ContinuousClock.Instant, _ busy: inout [Connection], _ idle: inout [Int32]
    ) {
        var connection = Connection(descriptor: -1, start: now, unsent: Array(request.utf8)[...])
        while connection.descriptor < 0, let descriptor = idle.popLast() {
            // One that the other side has closed meanwhile is readable: it is not the request's fault.
            var probe = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            if poll(&probe, 1, 0) == 0 { connection.descriptor = descriptor } else { _ = close(descriptor) }
        }
        if connection.descriptor < 0 {
            let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
            connection.descriptor = socket(AF_INET, type, 0)
            let result = plan.address.withNativeAddress { connect(connection.descriptor, $0, $1) }
            if result != 0, errno != EINPROGRESS {
                record(connection, .failed("connect: " + String(cString: strerror(errno))))
                _ = close(connection.descriptor)
                return
            }
        }
        busy.append(connection)
    }

    private func expire(_ busy: inout [Connection], at now: ContinuousClock.Instant) {
        busy.removeAll { connection in
            guard now - connection.start > plan.timeout else { return false }
            record(connection, .failed("timed out after \(connection.received.count) bytes"))
            _ = close(connection.descriptor)
            return true
        }
    }

    private func wait(for busy: inout [Connection], _ idle: inout [Int32], until next: ContinuousClock.Instant) {
        var events = busy.map { connection in
            pollfd(
                fd: connection.descriptor, events: Int16(connection.unsent.isEmpty ? POLLIN : POLLOUT), revents: 0)
        }
        let milliseconds = max(0, (next - .now).nanoseconds / 1_000_000)
        guard poll(&events, nfds_t(events.count), Int32(clamping: milliseconds)) > 0 else { return }
        var left: [Connection] = []
        for (index, event) in events.enumerated() {
            var connection = busy[index]
            guard event.revents != 0, let outcome = advance(&connection) else {
                left.append(connection)
                continue
            }
            record(connection, outcome)
            if plan.keepsConnections, case .answered = outcome {
                idle.append(connection.descriptor)
            } else {
                _ = close(connection.descriptor)
            }
        }
        busy = left
    }

    /// `nil` while the exchange goes on.
    private func advance(_ connection: inout Connection) -> Sample.Outcome? {
        if !connection.unsent.isEmpty {
            let count = connection.unsent.withUnsafeBytes {
                send(connection.descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count < 0 { return errno == EAGAIN ? nil : .failed("send: " + String(cString: strerror(errno))) }
            connection.unsent = connection.unsent.dropFirst(count)
            return nil
        }
        var buffer = [UInt8](repeating: 0, count: 16384)
        let count = recv(connection.descriptor, &buffer, buffer.count, 0)
        if count < 0 { return errno == EAGAIN ? nil : .failed("receive: " + String(cString: strerror(errno))) }
        if count == 0 { return .failed("closed after \(connection.received.count) bytes") }
        connection.received += buffer[..<count]
        return plan.parse(connection.received)
    }

    private func record(_ connection: Connection, _ outcome: Sample.Outcome) {
        let sample = Sample(start: connection.start, end: .now, outcome: outcome)
        state.withLock { $0.samples.append(sample) }
    }
}

extension OpenLoopClient.Plan {
    /// Whole requests over kept connections. Every `slowEvery`-th one takes 300 ms, so that some are always in flight.
    static func http(_ address: SocketAddress, requestsPerSecond: Int, slowEvery: Int) -> Self {
        Self(
            address: address, interval: .seconds(1) / requestsPerSecond, keepsConnections: true,
            request: { number in
                let path = number % slowEvery == 0 ? "/slow?milliseconds=300" : "/whoami"
                return "GET \(path) HTTP/1.1\r\nHost: quickstart\r\n\r\n"
            }, parse: parseHTTP)
    }

    /// A new connection for each line.
    static func counter(_ address: SocketAddress, every interval: Duration) -> Self {
        Self(
            address: address, interval: interval, keepsConnections: false, request: { _ in "next\n" },
            parse: { bytes in
                guard bytes.last == UInt8(ascii: "\n") else { return nil }
                return .answered(String(decoding: bytes.dropLast(), as: UTF8.self))
            })
    }

    @Sendable private static func parseHTTP(_ bytes: [UInt8]) -> Sample.Outcome? {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let end = text.range(of: "\r\n\r\n") else { return nil }
        let head = text[..<end.lowerBound].lowercased()
        let lines = head.components(separatedBy: "\r\n")
        guard let line = lines.first(where: { $0.hasPrefix("content-length:") }),
            let length = Int(line.dropFirst("content-length:".count).trimmingCharacters(in: .whitespaces))
        else { return .failed("an answer without a length: \(head)") }
        let body = text[end.upperBound...]
        guard body.utf8.count >= length else { return nil }
        return lines[0].hasPrefix("http/1.1 200") ? .answered(String(body)) : .failed("answered: \(lines[0])")
    }
}

extension SocketAddress {
    /// IPv4 only, which is what a lab has.
    fileprivate func withNativeAddress<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        var native = sockaddr_in()
        native.sin_family = sa_family_t(AF_INET)
        native.sin_port = in_port_t(port).bigEndian
        withUnsafeMutableBytes(of: &native.sin_addr) { $0.copyBytes(from: address.bytes) }
        return withUnsafePointer(to: &native) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}
