/// The name of a secret. Its value comes from a file or a systemd credential, never from the topology.
public struct Credential: Codable, Hashable, Sendable {
    public var name: String
    public init(name: String) { self.name = name }
}

/// A share of one; as text `99.99%`.
public struct Ratio: Codable, Hashable, Comparable, Sendable {
    /// 0.9999 for 99.99 %.
    public var fraction: Double
    public init(fraction: Double) { self.fraction = fraction }

    /// Exact to ten decimals of a percent, so that 99.9 gives the very value that 0.999 is.
    public init(percent: Double) { fraction = (percent * 1e10).rounded() / 1e12 }

    /// Reads a decimal number and `%`, such as `99.99%`; `nil` for anything else, and for more than a whole.
    public init?(text: String) {
        let number = text.dropLast()
        guard text.last == "%", number.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == ".") }),
            let percent = Double(number), (0...100).contains(percent)
        else { return nil }
        self.init(percent: percent)
    }

    /// As it is read: `99.99%`.
    public var text: String {
        let percent = (fraction * 1e12).rounded() / 1e10
        let number = "\(percent)"
        return (number.hasSuffix(".0") ? String(number.dropLast(2)) : number) + "%"
    }

    public static func < (left: Self, right: Self) -> Bool { left.fraction < right.fraction }
}

/// An amount of data; as text `16MiB` or `10GB`.
public struct ByteCount: Codable, Hashable, Comparable, Sendable {
    /// Not negative where it was read from text.
    public var bytes: Int64
    public init(bytes: Int64) { self.bytes = bytes }
    public static func < (left: Self, right: Self) -> Bool { left.bytes < right.bytes }

    private static let units: [(name: String, bytes: Int64)] = [
        ("TiB", 1 << 40), ("TB", 1_000_000_000_000), ("GiB", 1 << 30), ("GB", 1_000_000_000), ("MiB", 1 << 20),
        ("MB", 1_000_000), ("KiB", 1 << 10), ("kB", 1_000), ("B", 1),
    ]

    /// Reads a whole number and a unit (`B`, `kB`, `MB`, `GB`, `TB`, `KiB`, `MiB`, `GiB`, `TiB`); `nil` for anything else.
    public init?(text: String) {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard let count = Int64(digits), let unit = Self.units.first(where: { $0.name == text.dropFirst(digits.count) })
        else { return nil }
        let (bytes, overflow) = count.multipliedReportingOverflow(by: unit.bytes)
        guard !overflow else { return nil }
        self.bytes = bytes
    }

    /// In the largest unit that divides it.
    public var text: String {
        guard bytes != 0, let unit = Self.units.first(where: { bytes % $0.bytes == 0 }) else { return "\(bytes)B" }
        return "\(bytes / unit.bytes)\(unit.name)"
    }
}

/// Where a balancer listens: a port on every address of its host, or `ADDRESS:PORT` (`[ADDRESS]:PORT` for IPv6).
///
/// In Swift: `listen: 443`, `listen: "10.0.0.1:443"`, `listen: .port(port)`. Text that is neither stays as it was
/// written, for a rule to report.
public struct ListenAddress: Codable, Hashable, Sendable, ExpressibleByIntegerLiteral, ExpressibleByStringLiteral {
    public var text: String
    public init(_ text: String) { self.text = text }
    public init(integerLiteral port: Int) { text = String(port) }
    public init(stringLiteral text: String) { self.text = text }
    /// A port on every address of the host.
    public static func port(_ port: Int) -> Self { Self(String(port)) }

    /// `nil` stands for every address of the host, in `address`; the whole is `nil` where the text is not an address.
    package var parsed: (address: IPAddress?, port: Int)? {
        if let port = Int(decimal: text) { return Self.ports.contains(port) ? (nil, port) : nil }
        guard let socket = SocketAddress(text) else { return nil }
        return (socket.address, socket.port)
    }

    package static let ports = 1...65535
}
