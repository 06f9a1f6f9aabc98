/// Anything that balancers, alerts and objectives can be about: a cluster, by name.
public protocol NamedCluster: TopologyContent {
    var name: String { get }
}

/// What every kind of cluster is made of: the model with its sources, the hosts it names, and what is wrong in its
/// braces.
struct ClusterDeclaration: Sendable {
    private(set) var declared: Declared<Model.Cluster>
    private(set) var hosts: [Host] = []
    private(set) var mistakes: [DeclarationMistake] = []

    var component: Component { Component(declaration: .cluster(declared, hosts: hosts, mistakes: mistakes)) }

    init(
        _ name: String, _ kind: Model.Cluster.Kind, _ workload: Model.Workload, minimumHealthy: Int?,
        parts: [ClusterPart], at span: SourceSpan
    ) {
        declared = Declared(
            Model.Cluster(name: name, kind: kind, workload: workload, minimumHealthy: minimumHealthy), at: span)
        for part in parts { add(part) }
    }

    private mutating func add(_ part: ClusterPart) {
        let failover = ModelPath.root["failover"]
        switch part.declaration {
        case .member(let member, let host):
            append(member, to: \.members, as: .root["members"], at: part.span)
            hosts.append(host)
        case .replication(let replication):
            set(\.replication, to: replication, as: .root["replication"], named: "Replication", at: part.span)
        case .lease(let lease):
            set(\.failover.lease, to: lease, as: failover["lease"], named: "Lease", at: part.span)
        case .heartbeat(let interval):
            set(\.failover.heartbeat, to: interval, as: failover["heartbeat"], named: "Heartbeat", at: part.span)
        case .check(let check):
            set(\.failover.check, to: check, as: failover["check"], named: "Check", at: part.span)
        case .fencing(let fencing):
            append(fencing, to: \.failover.fencing, as: failover["fencing"], at: part.span)
        case .virtualIP(let address, let host):
            append(address, to: \.virtualIPs, as: .root["virtualIPs"], at: part.span)
            if let host { hosts.append(host) }
        case .hook(let hook):
            append(hook, to: \.hooks, as: .root["hooks"], at: part.span)
        case .maintenance(let window):
            set(\.maintenance, to: window, as: .root["maintenance"], named: "MaintenanceWindow", at: part.span)
        }
    }

    private mutating func append<Element>(
        _ element: Element, to list: WritableKeyPath<Model.Cluster, [Element]>, as path: ModelPath, at span: SourceSpan
    ) {
        declared.sources.spans[path[declared.value[keyPath: list].count]] = span
        declared.value[keyPath: list].append(element)
    }

    /// The first one stands; a second is a mistake, because the model has room for one.
    private mutating func set<Value>(
        _ property: WritableKeyPath<Model.Cluster, Value?>, to value: Value, as path: ModelPath, named name: String,
        at span: SourceSpan
    ) {
        if declared.value[keyPath: property] == nil {
            declared.value[keyPath: property] = value
            declared.sources.spans[path] = span
        } else {
            mistakes.append(
                DeclarationMistake(
                    span: span,
                    message: "a second '\(name)' in the cluster '\(declared.value.name)', which has room for one"))
        }
    }
}
