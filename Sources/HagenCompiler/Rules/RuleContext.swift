package import Hagen

/// A topology as rules look at it: the model, where its parts were said, the placement, and what they look up.
package struct RuleContext: Sendable {
    package let model: Model.Topology
    package let placement: Placement
    package let plan: AddressPlan
    /// What the rules before this one in the list have found; only the last ones look at it.
    package var found: [Diagnostic] = []
    private let sources: SourceMap
    private let omissions: Omissions
    private let hostsByName: [String: Int]
    private let clustersByName: [String: Int]
    private let balancersByName: [String: Int]

    package init(_ topology: Topology, placement: Placement) {
        model = topology.model
        sources = topology.sources
        omissions = topology.omissions
        self.placement = placement
        plan = AddressPlan(topology.model, placement: placement)
        // Of several parts with one name the first is meant; that there are several is a rule's finding.
        hostsByName = Dictionary(
            zip(topology.model.hosts.map(\.name), topology.model.hosts.indices), uniquingKeysWith: { first, _ in first }
        )
        clustersByName = Dictionary(
            zip(topology.model.clusters.map(\.name), topology.model.clusters.indices),
            uniquingKeysWith: { first, _ in first })
        balancersByName = Dictionary(
            zip(topology.model.balancers.map(\.name), topology.model.balancers.indices),
            uniquingKeysWith: { first, _ in first })
    }

    package func host(named name: String) -> Model.Host? { hostsByName[name].map { model.hosts[$0] } }
    package func balancer(named name: String) -> Model.Balancer? {
        balancersByName[name].map { model.balancers[$0] }
    }
    package func cluster(named name: String) -> Model.Cluster? { clustersByName[name].map { model.clusters[$0] } }

    /// Whether a part of that name may have been declared, and is not in the model because it is broken, which has been
    /// reported: what a rule would say of its absence is of no use to anybody.
    package func mayHold(_ kind: Omissions.Kind, _ name: String) -> Bool { omissions.mayHold(kind, name) }

    /// Whether everything of the kind that was declared is in the model. A rule that draws conclusions from what is *not*
    /// there (a host that nobody uses, a store that nobody declared) asks this first.
    package func isWhole(_ kind: Omissions.Kind) -> Bool { omissions.isWhole(kind) }

    /// Whether everything that was declared is in the model.
    package var isWhole: Bool { omissions.isEmpty }

    package func path(ofHost name: String) -> ModelPath? { hostsByName[name].map { ModelPath.root["hosts"][$0] } }
    package func path(ofCluster name: String) -> ModelPath? {
        clustersByName[name].map { ModelPath.root["clusters"][$0] }
    }

    /// The smallest known span around the part.
    package func span(_ path: ModelPath) -> SourceSpan? { sources.span(of: path) }

    /// The span of a text that a fix may replace: known for the part itself, and more than a point.
    package func textSpan(_ path: ModelPath) -> SourceSpan? {
        sources.spans[path].flatMap { $0.start == $0.end ? nil : $0 }
    }

    /// Whether the topology was written in Swift, where declarations are known by points.
    package var isSwift: Bool { sources.span(of: .root).map { $0.start == $0.end } ?? false }

    /// The label for another place of a finding; `nil` where that place is unknown.
    package func label(_ path: ModelPath?, _ text: String) -> Diagnostic.Label? {
        path.flatMap(span).map { Diagnostic.Label($0, text) }
    }
}
