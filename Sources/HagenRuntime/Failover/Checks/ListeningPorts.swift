internal import Glibc
internal import Hagen

/// On which TCP addresses something listens on this host, from the kernel.
///
/// Asked for by sock_diag(7), which alone tells whether a listener on IPv6 takes IPv4 connections too. Where the kernel
/// has no such answer (it was built without, or a filter of system calls forbids it), `/proc/net/tcp` and `tcp6` tell
/// the rest, and a listener at `::` counts for both families.
struct ListeningPorts: Equatable, Sendable {
    private let listeners: Set<LocalSockets.Listener>

    static func read() -> ListeningPorts {
        guard let listeners = try? LocalSockets().listeners() else {
            return ListeningPorts(tables: ["/proc/net/tcp", "/proc/net/tcp6"].map { beginning(of: $0) })
        }
        return ListeningPorts(listeners)
    }

    init(_ listeners: Set<LocalSockets.Listener>) { self.listeners = listeners }

    /// They name the listeners before all connections, so that reading ends at the first connection, however many there
    /// are.
    ///
    /// - Parameter tables: the text of both files, or their beginning.
    init(tables: [String]) {
        var listeners: Set<LocalSockets.Listener> = []
        for table in tables {
            for line in table.split(separator: "\n").dropFirst() {
                let fields = line.split(separator: " ", maxSplits: 4)
                // 0A: TCP_LISTEN.
                guard fields.count > 3, fields[3] == "0A" else { break }
                if let listener = Self.listener(fields[1]) { listeners.insert(listener) }
            }
        }
        self.listeners = listeners
    }

    /// Whether somebody listens there, or at that port of every address; the address need not be on this host now.
    func contain(_ address: SocketAddress) -> Bool {
        let bytes = address.address.bytes
        var names = [bytes, [UInt8](repeating: 0, count: bytes.count)]
        if bytes.count == 4 {
            // A listener for both families has the mapped address, or every one of IPv6.
            names += [[UInt8](repeating: 0, count: 10) + [0xFF, 0xFF] + bytes, [UInt8](repeating: 0, count: 16)]
        } else {
            let alone = names.map { LocalSockets.Listener(address: $0, port: address.port, isForIPv6Alone: true) }
            if !listeners.isDisjoint(with: alone) { return true }
        }
        return names.contains { listeners.contains(LocalSockets.Listener(address: $0, port: address.port)) }
    }

    /// - Parameter text: as the kernel writes it: 32-bit words of the address in the host's order, a colon, the port.
    private static func listener(_ text: Substring) -> LocalSockets.Listener? {
        let parts = text.split(separator: ":")
        guard parts.count == 2, [8, 32].contains(parts[0].count), let port = Int(parts[1], radix: 16) else {
            return nil
        }
        let digits = Array(parts[0])
        let words = stride(from: 0, to: digits.count, by: 8).compactMap {
            UInt32(String(digits[$0..<$0 + 8]), radix: 16)
        }
        guard words.count * 8 == digits.count else { return nil }
        return LocalSockets.Listener(
            address: words.flatMap { word in withUnsafeBytes(of: word) { Array($0) } }, port: port)
    }

    /// Up to and with the first line that is no listener's; at most 1 MiB.
    private static func beginning(of path: String) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return "" }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        while bytes.count < 1 << 20 {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            guard count > 0 else { break }
            bytes += buffer[..<count]
            let last = bytes.dropLast().split(separator: UInt8(ascii: "\n")).last
            let fields = last.map { $0.split(separator: UInt8(ascii: " "), maxSplits: 4) } ?? []
            if fields.count > 3, Array(fields[3]) != Array("0A".utf8), bytes.last == UInt8(ascii: "\n") { break }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
