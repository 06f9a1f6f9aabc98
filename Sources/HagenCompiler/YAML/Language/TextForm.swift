internal import Hagen

/// What text can stand somewhere.
enum TextForm: String, Equatable, Sendable, CaseIterable {
    /// Any but the empty one.
    case any
    /// Any, the empty one too.
    case argument
    /// A name that becomes part of file names and of keys of the store.
    case name
    /// The same for a host, which may have dots.
    case hostName
    /// An IPv4 or IPv6 address.
    case address
    /// An address, with the length of its network's prefix.
    case addressWithPrefix
    /// `ADDRESS:PORT`.
    case endpoint
    /// A port, or `ADDRESS:PORT`.
    case listenAddress
    /// `CLUSTER` or `CLUSTER.ROLE`.
    case target
    /// Longer than nothing.
    case duration
    /// A duration that may be 0.
    case durationOrZero
    case size
    case ratio
    /// `HH:MM`.
    case timeOfDay
    /// Begins with `/`; of visible ASCII, as it stands in a request.
    case path
    /// A YAML file, relative to the one that names it.
    case sourcePath
    /// The name of a service of systemd, with or without `.service`.
    case service
    /// The name of an OCF resource agent: `ocf:PROVIDER:TYPE`.
    case resourceAgent
    /// The name of a program of Debian's `fence-agents`.
    case fenceAgent
    /// The name of a network interface.
    case interface

    /// What a message calls it, with examples.
    var expectation: String {
        switch self {
        case .any, .argument: "a text"
        case .name: "a name of letters, digits, '-' and '_'"
        case .hostName: "the name of a host"
        case .address: "an address such as 10.0.0.50"
        case .addressWithPrefix: "an address with its prefix such as 10.0.0.11/24"
        case .endpoint: "ADDRESS:PORT such as 10.0.9.1:8080"
        case .listenAddress: "a port such as 443, or ADDRESS:PORT"
        case .target: "a cluster, or CLUSTER.ROLE such as orders.primary,"
        case .duration: "a duration such as 250ms, 1s or 5m"
        case .durationOrZero: "a duration such as 250ms, 1s or 5m, or 0"
        case .size: "a size such as 16MiB or 10GB"
        case .ratio: "a share such as 99.9%"
        case .timeOfDay: "a time of day such as 02:00"
        case .path: "a path of visible ASCII that begins with '/'"
        case .sourcePath: "a YAML file relative to this one, such as hosts.yaml,"
        case .service: "the name of a service such as api.service"
        case .resourceAgent: "a resource agent such as ocf:heartbeat:Filesystem"
        case .fenceAgent: "a fence agent such as fence_ipmilan"
        case .interface: "a network interface such as eth0"
        }
    }

    /// The same in a word or two: `duration`.
    var noun: String {
        switch self {
        case .any, .argument: "text"
        case .name, .hostName: "name"
        case .address, .addressWithPrefix: "address"
        case .endpoint: "endpoint"
        case .listenAddress: "port or address with port"
        case .target: "target"
        case .duration, .durationOrZero: "duration"
        case .size: "size"
        case .ratio: "share"
        case .timeOfDay: "time of day"
        case .path: "path"
        case .sourcePath: "relative path"
        case .service: "service"
        case .resourceAgent: "resource agent"
        case .fenceAgent: "fence agent"
        case .interface: "network interface"
        }
    }

    func accepts(_ text: String) -> Bool {
        switch self {
        case .argument: true
        case .any: !text.isEmpty
        case .name: Self.isName(text, dots: false)
        case .hostName: Self.isName(text, dots: true)
        case .address: IPAddress(text) != nil
        case .addressWithPrefix: AddressWithPrefix(text) != nil
        case .endpoint: SocketAddress(text) != nil
        case .listenAddress: ListenAddress(text).parsed != nil
        case .target: Model.Target(text: text) != nil
        case .duration: Duration(text: text).map { $0 > .zero } ?? false
        case .durationOrZero: Duration(text: text) != nil
        case .size: ByteCount(text: text) != nil
        case .ratio: Ratio(text: text) != nil
        case .timeOfDay: Self.isTimeOfDay(text)
        case .path: text.hasPrefix("/") && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
        case .sourcePath: Self.isSourcePath(text)
        case .service: Self.isService(text)
        case .resourceAgent: Self.isResourceAgent(text)
        case .fenceAgent: Self.isFenceAgent(text)
        case .interface: Self.isInterface(text)
        }
    }

    /// Up to 63 letters, digits, `-` and `_`, with a letter or digit first; such a name is safe in every file name, key
    /// and unit. A host may also have dots, none of them last, and 253 characters.
    private static func isName(_ text: String, dots: Bool) -> Bool {
        let bytes = text.utf8
        guard let first = bytes.first, first.isLetterOrDigit, bytes.count <= (dots ? 253 : 63), bytes.last != 0x2E
        else {
            return false
        }
        return bytes.allSatisfy { byte in
            byte.isLetterOrDigit || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_") || dots && byte == 0x2E
        }
    }

    /// A repository is checked out in more than one place: no path in it is absolute, begins at a home or is a URL.
    private static func isSourcePath(_ text: String) -> Bool {
        guard text.utf8.count <= 1024, let first = text.utf8.first, first != UInt8(ascii: "/"),
            first != UInt8(ascii: "~"), !text.contains(":"), !text.contains("\\"),
            text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F })
        else { return false }
        let name = text.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
        return [".yaml", ".yml"].contains { name.hasSuffix($0) && name.utf8.count > $0.utf8.count }
    }

    /// As `systemd.unit(5)` has it, but for `\\`: letters, digits, `:`, `-`, `_`, `.` and `@`. No other kind of unit
    /// can be told when to act.
    private static func isService(_ text: String) -> Bool {
        let bytes = text.utf8
        guard let first = bytes.first, first.isLetterOrDigit, bytes.count <= 200 else { return false }
        guard bytes.allSatisfy({ $0.isLetterOrDigit || [0x2D, 0x2E, 0x3A, 0x40, 0x5F].contains($0) }) else {
            return false
        }
        return text.hasSuffix(".service") ? bytes.count > ".service".utf8.count : !text.contains(".")
    }

    private static func isResourceAgent(_ text: String) -> Bool {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        return parts.count == 3 && parts[0] == "ocf"
            && parts.dropFirst().allSatisfy { isName(String($0), dots: false) }
    }

    private static func isFenceAgent(_ text: String) -> Bool { text.hasPrefix("fence_") && isName(text, dots: false) }

    /// As the kernel has it, of visible ASCII.
    private static func isInterface(_ text: String) -> Bool {
        (1...15).contains(text.utf8.count) && text != "." && text != ".."
            && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: ":") }
    }

    private static func isTimeOfDay(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard bytes.count == 5, bytes[2] == UInt8(ascii: ":"), let hour = Int(text.prefix(2)),
            let minute = Int(text.suffix(2)), [0, 1, 3, 4].allSatisfy({ bytes[$0].isDigit })
        else { return false }
        return hour < 24 && minute < 60
    }
}

extension UInt8 {
    fileprivate var isLetterOrDigit: Bool {
        isDigit || (0x41...0x5A).contains(self) || (0x61...0x7A).contains(self)
    }
}

extension Model.Target {
    /// Reads `CLUSTER` or `CLUSTER.ROLE`; `nil` for anything else.
    init?(text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard let cluster = parts.first.map(String.init), TextForm.name.accepts(cluster), parts.count <= 2 else {
            return nil
        }
        if parts.count == 1 {
            self.init(cluster: cluster)
        } else if let role = Role(rawValue: String(parts[1])) {
            self.init(cluster: cluster, role: role)
        } else {
            return nil
        }
    }
}
