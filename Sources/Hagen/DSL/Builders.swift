/// What the bodies of all declarations have in common: statements in order, `if`, `else`, `switch`, `for`, `let`.
///
/// One concrete part type and a variadic `buildBlock`: half the type-checking time of `buildPartialBlock`. The time
/// still grows with the square of the statements of one body, those of nested braces included: split a topology of
/// more than a hundred declarations into `@TopologyBuilder` properties.
public protocol BodyBuilder {
    associatedtype Part
}

extension BodyBuilder {
    public static func buildBlock(_ parts: [Part]...) -> [Part] { parts.flatMap { $0 } }
    public static func buildOptional(_ parts: [Part]?) -> [Part] { parts ?? [] }
    public static func buildEither(first: [Part]) -> [Part] { first }
    public static func buildEither(second: [Part]) -> [Part] { second }
    public static func buildArray(_ parts: [[Part]]) -> [Part] { parts.flatMap { $0 } }
    /// What a builder property or function gives may stand among the declarations.
    public static func buildExpression(_ parts: [Part]) -> [Part] { parts }

    @available(*, unavailable, message: "a text declares nothing: write the declaration, or the property that holds it")
    public static func buildExpression(_ text: String) -> [Part] { [] }
}

/// Builds the body of a `Topology`, and of the properties and functions that it is split into.
@resultBuilder
public enum TopologyBuilder: BodyBuilder {
    public typealias Part = Component

    public static func buildExpression(_ content: some TopologyContent) -> [Component] { content.components }

    @available(*, unavailable, message: "a member belongs to a cluster: move 'Member' into the braces of a cluster")
    public static func buildExpression(_ content: Member) -> [Component] { [] }
    @available(*, unavailable, message: "this describes a cluster: move it into the braces of a FailoverCluster")
    public static func buildExpression(_ content: some ClusterContent) -> [Component] { [] }
    @available(*, unavailable, message: "a host is not listed: naming it in a cluster or a balancer is enough")
    public static func buildExpression(_ content: Host) -> [Component] { [] }
    @available(*, unavailable, message: "a receiver is not listed: naming it in an alert is enough")
    public static func buildExpression(_ content: Receiver) -> [Component] { [] }
    @available(
        *, unavailable, message: "an endpoint is not listed: list its cluster, and give the endpoint to a balancer"
    )
    public static func buildExpression<Service, Of>(_ content: Endpoint<Service, Of>) -> [Component] { [] }
}

/// Builds the body of a `FailoverCluster`. What the mode or the workload cannot have is refused in a sentence.
@resultBuilder
public enum FailoverBuilder<Mode: FailoverMode, Service: Workload>: BodyBuilder {
    public typealias Part = ClusterPart

    public static func buildExpression(_ content: some FailoverContent) -> [ClusterPart] { [content.part] }
    public static func buildExpression(_ content: VirtualIP<FollowsRole>) -> [ClusterPart] { [content.part] }
    public static func buildExpression(_ content: VirtualIP<PrefersHost>) -> [ClusterPart]
    where Mode == ActiveActive { [content.part] }
    public static func buildExpression(_ content: Replication<PrimaryReplica>) -> [ClusterPart]
    where Mode == ActivePassive, Service: Database { [content.part] }
    public static func buildExpression(_ content: Replication<MultiPrimary>) -> [ClusterPart]
    where Mode == ActiveActive, Service: MultiPrimaryDatabase { [content.part] }

    @available(
        *, unavailable,
        message: "the address of an active-passive cluster moves with its active member: leave 'prefers:' out"
    )
    public static func buildExpression(_ content: VirtualIP<PrefersHost>) -> [ClusterPart]
    where Mode == ActivePassive { [] }
    @available(
        *, unavailable,
        message:
            "this workload cannot take writes on several members: use '.mariaDB', or '.activePassive' with '.synchronous' or '.asynchronous'"
    )
    public static func buildExpression(_ content: Replication<MultiPrimary>) -> [ClusterPart]
    where Mode == ActiveActive { [] }
    @available(
        *, unavailable,
        message: "an active-passive cluster has one primary: use '.activeActive', or '.synchronous' or '.asynchronous'"
    )
    public static func buildExpression(_ content: Replication<MultiPrimary>) -> [ClusterPart]
    where Mode == ActivePassive { [] }
    @available(
        *, unavailable,
        message:
            "this cluster has no primary to replicate from: such replication needs a database in '.activePassive' mode"
    )
    public static func buildExpression(_ content: Replication<PrimaryReplica>) -> [ClusterPart] { [] }
    @available(*, unavailable, message: "a host becomes a member by 'Member(HOST)'")
    public static func buildExpression(_ content: Host) -> [ClusterPart] { [] }
    @available(*, unavailable, message: "this belongs beside the cluster, not inside it")
    public static func buildExpression(_ content: some TopologyContent) -> [ClusterPart] { [] }
}

/// Builds the body of a load-balancing or compute cluster.
@resultBuilder
public enum MemberBuilder: BodyBuilder {
    public typealias Part = ClusterPart

    public static func buildExpression(_ content: Member) -> [ClusterPart] { [content.part] }
    public static func buildExpression(_ content: MaintenanceWindow) -> [ClusterPart] { [content.part] }

    @available(*, unavailable, message: "a host becomes a member by 'Member(HOST)'")
    public static func buildExpression(_ content: Host) -> [ClusterPart] { [] }
    @available(
        *, unavailable,
        message: "the members of this cluster are equals: what decides who is active belongs to a FailoverCluster"
    )
    public static func buildExpression(_ content: some ClusterContent) -> [ClusterPart] { [] }
    @available(*, unavailable, message: "this belongs beside the cluster, not inside it")
    public static func buildExpression(_ content: some TopologyContent) -> [ClusterPart] { [] }
}

/// Builds the body of a balancer: the addresses that move between its hosts.
@resultBuilder
public enum BalancerBuilder: BodyBuilder {
    public typealias Part = ClusterPart

    public static func buildExpression(_ content: VirtualIP<FollowsRole>) -> [ClusterPart] { [content.part] }

    @available(*, unavailable, message: "the address of a balancer moves between its hosts: leave 'prefers:' out")
    public static func buildExpression(_ content: VirtualIP<PrefersHost>) -> [ClusterPart] { [] }
    @available(*, unavailable, message: "only a VirtualIP stands in the braces of a balancer")
    public static func buildExpression(_ content: some ClusterContent) -> [ClusterPart] { [] }
    @available(*, unavailable, message: "this belongs beside the balancer, not inside it")
    public static func buildExpression(_ content: some TopologyContent) -> [ClusterPart] { [] }
}
