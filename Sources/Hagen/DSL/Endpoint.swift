/// Members of a cluster in a role, as a balancer's target: what stands behind it, and which of them.
public struct Endpoint<Service: Workload, Of: EndpointRole>: Sendable {
    let cluster: String

    var target: Model.Target { Model.Target(cluster: cluster, role: Of.role) }
}

/// Which members of a cluster are meant.
public protocol EndpointRole: Sendable {
    static var role: Model.Target.Role { get }
}

/// A role that several members have at once, so that a strategy can choose among them.
public protocol SharedRole: EndpointRole {}

/// A role that one member has at a time: traffic follows it wherever it moves.
public protocol SingleRole: EndpointRole {}

/// The roles of an `Endpoint`.
public enum Role {
    /// All members.
    public enum Members: SharedRole { public static var role: Model.Target.Role { .members } }
    /// The active member of a failover cluster.
    public enum Active: SingleRole { public static var role: Model.Target.Role { .active } }
    /// The members of a failover cluster that are not active.
    public enum Standbys: SharedRole { public static var role: Model.Target.Role { .standbys } }
    /// The active member of a database.
    public enum Primary: SingleRole { public static var role: Model.Target.Role { .primary } }
    /// The members of a database that follow its primary.
    public enum Replicas: SharedRole { public static var role: Model.Target.Role { .replicas } }
}
