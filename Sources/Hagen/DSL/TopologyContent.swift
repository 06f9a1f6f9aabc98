/// Something that may stand in a topology's braces: a cluster, a balancer, an alert, a route, an objective, `Monitoring`,
/// `Assumptions`, `Allow`.
public protocol TopologyContent: Sendable {
    var components: [Component] { get }
}

/// One declaration of a topology, whatever its kind: the element of every `@TopologyBuilder` property.
public struct Component: Sendable {
    enum Declaration: Sendable {
        case cluster(Declared<Model.Cluster>, hosts: [Host], mistakes: [DeclarationMistake])
        case balancer(Declared<Model.Balancer>, hosts: [Host])
        case alert(Declared<Model.Alert>, receivers: [Receiver])
        case objective(Declared<Model.Objective>)
        case monitoring(interval: Duration, SourceSpan)
        case route(Declared<Model.Route>, receivers: [Receiver])
        case assumptions(Declared<Model.Assumptions>)
        case allowance(Declared<Model.Allowance>)
    }
    let declaration: Declaration
}

/// The store that the failover engines agree through, and the hosts that it names.
public struct Coordination: Sendable {
    let model: Model.Coordination
    let hosts: [Host]

    /// One process of Hagen's own: for topologies of one machine, and for the lab.
    public static var embedded: Self { Self(model: .embedded, hosts: []) }
    /// The distributed store etcd, a member of it on each of these hosts: an odd number of them. With `tls` its members and
    /// their clients show each other certificates, which lie as credentials on every host.
    public static func etcd(on hosts: [Host], tls: Bool = false) -> Self {
        Self(model: .etcd(hosts: hosts.map(\.name), tls: tls), hosts: hosts)
    }
}

/// What the braces of a declaration cannot mean, found when the topology is put together.
package struct DeclarationMistake: Equatable, Sendable, CustomStringConvertible {
    package let span: SourceSpan
    package let message: String

    /// As compilers print it: `FILE:LINE:COLUMN: error: MESSAGE`.
    package var description: String {
        "\(span.file):\(span.start.line):\(span.start.column): error: \(message)"
    }
}

extension Topology {
    /// Puts the declarations in the braces together.
    ///
    /// Hosts and receivers are collected from their uses, in order of first use; two that differ under one name stay
    /// two entries, for a rule to report.
    public init(
        _ name: String, coordination: Coordination = .embedded,
        filePath: String = #filePath, line: Int = #line, column: Int = #column,
        @TopologyBuilder _ content: () -> [Component]
    ) {
        var assembly = TopologyAssembly(
            name: name, coordination: coordination, at: SourceSpan(file: filePath, line: line, column: column))
        for component in content() { assembly.add(component) }
        self.init(model: assembly.model, sources: assembly.sources, mistakes: assembly.mistakes)
    }
}

/// A topology while it is put together from its declarations.
private struct TopologyAssembly {
    var model: Model.Topology
    var sources: SourceMap
    var mistakes: [DeclarationMistake] = []

    init(name: String, coordination: Coordination, at span: SourceSpan) {
        model = Model.Topology(name: name, coordination: coordination.model)
        sources = SourceMap([.root: span])
        collect(coordination.hosts)
    }

    mutating func add(_ component: Component) {
        let root = ModelPath.root
        switch component.declaration {
        case .cluster(let cluster, let hosts, let mistakes):
            sources.insert(cluster.sources, at: root["clusters"][model.clusters.count])
            model.clusters.append(cluster.value)
            collect(hosts)
            self.mistakes += mistakes
        case .balancer(let balancer, let hosts):
            sources.insert(balancer.sources, at: root["balancers"][model.balancers.count])
            model.balancers.append(balancer.value)
            collect(hosts)
        case .alert(let alert, let receivers):
            sources.insert(alert.sources, at: root["monitoring"]["alerts"][model.monitoring.alerts.count])
            model.monitoring.alerts.append(alert.value)
            collect(receivers)
        case .objective(let objective):
            sources.insert(objective.sources, at: root["objectives"][model.objectives.count])
            model.objectives.append(objective.value)
        case .monitoring(let interval, let span):
            if model.monitoring.interval != nil {
                mistakes.append(
                    DeclarationMistake(span: span, message: "a second 'Monitoring': a topology has one"))
            }
            model.monitoring.interval = interval
            sources.spans[root["monitoring"]["interval"]] = span
        case .route(let route, let receivers):
            sources.insert(route.sources, at: root["monitoring"]["routes"][model.monitoring.routes.count])
            model.monitoring.routes.append(route.value)
            collect(receivers)
        case .assumptions(let assumptions):
            if model.assumptions != nil, let span = assumptions.sources.span(of: .root) {
                mistakes.append(
                    DeclarationMistake(span: span, message: "a second 'Assumptions': a topology has one"))
            }
            sources.insert(assumptions.sources, at: root["assumptions"])
            model.assumptions = assumptions.value
        case .allowance(let allowance):
            sources.insert(allowance.sources, at: root["allowances"][model.allowances.count])
            model.allowances.append(allowance.value)
        }
    }

    private mutating func collect(_ hosts: [Host]) {
        for host in hosts where !model.hosts.contains(host.declared.value) {
            sources.insert(host.declared.sources, at: ModelPath.root["hosts"][model.hosts.count])
            model.hosts.append(host.declared.value)
        }
    }

    private mutating func collect(_ receivers: [Receiver]) {
        for receiver in receivers where !model.monitoring.receivers.contains(receiver.declared.value) {
            let path = ModelPath.root["monitoring"]["receivers"][model.monitoring.receivers.count]
            sources.insert(receiver.declared.sources, at: path)
            model.monitoring.receivers.append(receiver.declared.value)
        }
    }
}
