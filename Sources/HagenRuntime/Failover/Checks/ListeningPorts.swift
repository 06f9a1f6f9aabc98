internal import Glibc
internal import Hagen

/// On which TCP addresses something listens on this host, from the kernel's tables.
///
/// `/proc/net/tcp` and `tcp6` name the listeners before all connections, so that reading ends at the first connection,
/// however many there are.
struct ListeningPorts: Equatable, Sendable {
    /// As the kernel writes them: 32-bit words of the address in the host's order, a colon, the port; capitals.
    private let listeners: Set<String>

    static func read() -> ListeningPorts {
        ListeningPorts(tables: ["/proc/net/tcp", "/proc/net/tcp6"].map { beginning(of: $0) })
    }

    /// - Parameter tables: the text of both files, or their beginning.
    init(tables: [String]) {
        var listeners: Set<String> = []
        for table in tables {
            for line in table.split(separator: "\n").dropFirst() {
                let fields = line.split(separator: " ", maxSplits: 4)
                // 0A: TCP_LISTEN.
                guard fields.count > 3, fields[3] == "0A" else { break }
                listeners.insert(String(fields[1]))
            }
        }
        self.listeners = listeners
    }

    /// Whether somebody listens there, or at that port of every address; the address need not be on this host now.
    func contain(_ address: SocketAddress) -> Bool {
        let port = Self.hexadecimal(UInt32(address.port), 4)
        let bytes = address.address.bytes
        var names = [Self.text(bytes), Self.text([UInt8](repeating: 0, count: 16))]
        if bytes.count == 4 {
            // A listener for both families has the mapped address.
            names += [Self.text([0, 0, 0, 0]), Self.text([UInt8](repeating: 0, count: 10) + [0xFF, 0xFF] + bytes)]
        }
        return names.contains { listeners.contains("\($0):\(port)") }
    }

    private static func text(_ bytes: [UInt8]) -> String {
        stride(from: 0, to: bytes.count, by: 4).map { start in
            let word = bytes[start..<(start + 4)].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            return hexadecimal(UInt32(littleEndian: word), 8)
        }.joined()
    }

    private static func hexadecimal(_ number: UInt32, _ count: Int) -> String {
        let text = String(number, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(count - text.count, 0)) + text
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
