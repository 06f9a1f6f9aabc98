/// An address that moves with a role: with the active member of a cluster, or with the active host of a balancer.
public struct VirtualIP<Preference: VirtualIPPreference>: ClusterContent {
    public let part: ClusterPart

    private init(_ address: Model.VirtualIP, preferred: Host?, at span: SourceSpan) {
        part = ClusterPart(declaration: .virtualIP(address, preferred), span: span)
    }
}

/// Whether an address prefers a host; a type, so that the compiler refuses a preference where there is nothing to prefer.
public protocol VirtualIPPreference: Sendable {}
/// The address goes wherever the role goes.
public enum FollowsRole: VirtualIPPreference {}
/// The address is at one host while that is healthy.
public enum PrefersHost: VirtualIPPreference {}

extension VirtualIP where Preference == FollowsRole {
    /// - Parameter interface: The network interface that carries the address.
    public init(
        _ address: String, on interface: String,
        filePath: String = #filePath, line: Int = #line, column: Int = #column
    ) {
        self.init(
            Model.VirtualIP(address: address, interface: interface), preferred: nil,
            at: SourceSpan(file: filePath, line: line, column: column))
    }
}

extension VirtualIP where Preference == PrefersHost {
    /// - Parameter host: Has the address while it is healthy; active-active clusters only.
    public init(
        _ address: String, on interface: String, prefers host: Host,
        filePath: String = #filePath, line: Int = #line, column: Int = #column
    ) {
        self.init(
            Model.VirtualIP(address: address, interface: interface, prefers: host.name), preferred: host,
            at: SourceSpan(file: filePath, line: line, column: column))
    }
}
