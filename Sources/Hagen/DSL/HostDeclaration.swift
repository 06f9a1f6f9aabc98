/// A failure domain: hosts of one zone are taken to fail together.
public struct Zone: Hashable, Sendable {
    public let name: String

    public init(_ name: String) { self.name = name }
}

/// How an operator reaches a host.
public typealias SSH = Model.SSH

/// A computer with an address and a zone.
///
/// Hosts are never listed: naming one in a cluster, a balancer or the coordination puts it into the topology. Usually
/// they are static members, so that `.a1` names one:
///
///     extension Host { static let a1 = Host("a1", address: "10.0.0.11/24", zone: .a) }
public struct Host: Sendable {
    let declared: Declared<Model.Host>

    public var name: String { declared.value.name }

    /// - Parameters:
    ///   - address: IPv4 or IPv6, with the length of its network's prefix: `10.0.0.11/24`.
    ///   - capacity: How many units of load the host can carry, in a unit of the team's choosing.
    ///   - witness: The host runs the store and nothing else.
    public init(
        _ name: String, address: String, zone: Zone, labels: [String: String] = [:], ssh: SSH? = nil,
        capacity: Int? = nil, witness: Bool = false,
        filePath: String = #filePath, line: Int = #line, column: Int = #column
    ) {
        declared = Declared(
            Model.Host(
                name: name, address: address, zone: zone.name, labels: labels, ssh: ssh, capacity: capacity,
                witness: witness),
            at: SourceSpan(file: filePath, line: line, column: column))
    }
}
