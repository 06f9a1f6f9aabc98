internal import Foundation

/// What an engine tells through `NOTIFY_SOCKET`, as it would tell systemd: `READY=1` above all.
///
/// It is read as long as the lab runs: an engine whose messages nobody reads would block one day.
struct NotifySocket: Sendable {
    let path: String
    private let descriptor: Int32

    init(at path: String) throws {
        self.path = path
        descriptor = try LineSocket.bound(SOCK_DGRAM, at: path)
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
    }

    /// Each message's assignments, such as `READY=1`. Once; ends, and closes the socket, when the reader stops.
    func messages() -> AsyncStream<[String]> {
        DescriptorEvents.stream(on: descriptor, buffering: 64) {
            Self.receive(from: $0)
        } drop: { _ in
        }
    }

    private static func receive(from descriptor: Int32) -> [String]? {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        guard count >= 0 else { return nil }
        return String(decoding: buffer[..<count], as: UTF8.self).split(separator: "\n").map(String.init)
    }
}
