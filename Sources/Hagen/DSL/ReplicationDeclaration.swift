/// How the members of a database keep copies: `Replication(.synchronous(acknowledgements: 1))`.
public struct Replication<Kind: ReplicationKind>: ClusterContent {
    public let part: ClusterPart

    /// - Parameter maximumLag: How far a replica may be behind and still become primary.
    public init(
        _ kind: Kind, maximumLag: ByteCount? = nil,
        filePath: String = #filePath, line: Int = #line, column: Int = #column
    ) {
        var replication = kind.model
        replication.maximumLag = maximumLag
        part = ClusterPart(
            declaration: .replication(replication), span: SourceSpan(file: filePath, line: line, column: column))
    }
}

/// Whether one member takes the writes, or all; a type, so that the compiler knows which clusters can have it.
public protocol ReplicationKind: Sendable {
    var model: Model.Replication { get }
}

/// One primary takes the writes, replicas follow it.
public struct PrimaryReplica: ReplicationKind {
    public let model: Model.Replication
}

/// Every member takes writes.
public struct MultiPrimary: ReplicationKind {
    public let model: Model.Replication
}

extension ReplicationKind where Self == PrimaryReplica {
    /// A write is confirmed when that many replicas have it.
    ///
    /// - Parameter onDegraded: What writes do when too few replicas are left.
    public static func synchronous(acknowledgements: Int, onDegraded: Model.Replication.Degraded? = nil) -> Self {
        Self(
            model: Model.Replication(mode: .synchronous, acknowledgements: acknowledgements, onDegraded: onDegraded))
    }

    /// A write is confirmed when the primary has it; a failover may lose the last ones.
    public static var asynchronous: Self { Self(model: Model.Replication(mode: .asynchronous)) }
}

extension ReplicationKind where Self == MultiPrimary {
    /// Every member takes writes, and confirms one when all have received it.
    public static var multiPrimary: Self {
        Self(model: Model.Replication(mode: .synchronous, style: .multiPrimary))
    }
}
