package import Hagen

/// Turns a topology of one form into a source of the other that means the same.
///
/// A conversion is whole or refused: what the other form cannot say becomes a diagnostic at its place.
package enum Conversion {
    /// - Returns: A source in YAML whose model equals this one's; `nil` where a diagnostic says why there is none.
    package static func yaml(of topology: Topology) -> (text: String?, diagnostics: [Diagnostic]) {
        let text = TopologyYAML.text(topology.model)
        let (read, findings) = YAMLFrontEnd.read(Source(name: "topology.yaml", text: text))
        guard let read else {
            return (
                nil,
                findings.map { finding in
                    NotExpressible.inYAML.diagnostic(
                        "the topology cannot be said in YAML: \(finding.message)",
                        at: topology.sources.span(of: .root), help: finding.help)
                }.ordered
            )
        }
        let changed = differences(read.model, topology.model)
        guard changed.isEmpty else {
            return (
                nil,
                changed.map { path, word in
                    NotExpressible.inYAML.diagnostic(
                        "\(word) cannot be said in YAML exactly", at: topology.sources.span(of: path),
                        help: ["write numbers with fewer decimals, and every name once"])
                }.ordered
            )
        }
        return (text, [])
    }

    /// - Returns: A source in Swift whose model equals this one's but for the order of hosts and receivers, which Swift
    ///   collects by their uses; `nil` where a diagnostic says why there is none.
    package static func swift(of topology: Topology) -> (text: String?, diagnostics: [Diagnostic]) {
        var writer = TopologySwift(topology.model)
        let text = writer.source()
        let diagnostics = writer.obstacles.map { obstacle in
            NotExpressible.inSwift.diagnostic(
                obstacle.message, at: topology.sources.span(of: obstacle.path), help: [obstacle.help])
        }
        return diagnostics.isEmpty ? (text, []) : (nil, diagnostics.ordered)
    }

    /// The parts in which two models differ.
    private static func differences(_ left: Model.Topology, _ right: Model.Topology) -> [(ModelPath, String)] {
        guard left != right else { return [] }
        let root = ModelPath.root
        func items<Part: Equatable>(
            _ list: (Model.Topology) -> [Part], _ path: ModelPath, _ word: (Part) -> String
        ) -> [(ModelPath, String)] {
            let (before, after) = (list(right), list(left))
            return before.enumerated().filter { index, part in index >= after.count || after[index] != part }
                .map { (path[$0.offset], word($0.element)) }
        }
        let found =
            items(\.hosts, root["hosts"]) { "host '\($0.name)'" }
            + items(\.clusters, root["clusters"]) { "cluster '\($0.name)'" }
            + items(\.balancers, root["balancers"]) { "balancer '\($0.name)'" }
            + items(\.monitoring.alerts, root["monitoring"]["alerts"]) { "alert '\($0.name)'" }
            + items(\.monitoring.receivers, root["monitoring"]["receivers"]) { "receiver '\($0.name)'" }
            + items(\.objectives, root["objectives"]) { "objective '\($0.name)'" }
        return found.isEmpty ? [(root, "the topology '\(right.name)'")] : found
    }
}

/// What one form of the language can say and the other cannot.
enum NotExpressible: Int, CaseIterable, DocumentedCode {
    case inSwift = 95
    case inYAML = 96

    var code: DiagnosticCode { DiagnosticCode(rawValue) }
    var severity: Diagnostic.Severity { .error }

    var title: String {
        switch self {
        case .inSwift: "not to be said in Swift"
        case .inYAML: "not to be said in YAML"
        }
    }

    var explanation: Explanation {
        switch self {
        case .inSwift:
            Explanation(
                finds:
                    "While 'hagen convert' writes a topology in Swift: a part that the types of Swift refuse, such as "
                    + "affinity by a cookie on a TCP balancer, or a host that has no part in anything.",
                why: "A source without that part would mean something else, and one with it would not compile.",
                example: """
                    apiVersion: hagen/v1
                    name: shop
                    hosts:
                      a1: {address: 10.0.0.11/24, zone: a}
                      b1: {address: 10.0.0.12/24, zone: b}
                    clusters:
                      api: {kind: load-balancing, workload: {process: {command: [/usr/bin/api], port: 80}}, members: [a1, b1]}
                    balancers:
                      web: {on: [a1], protocol: tcp, listen: 8080, to: api, affinity: {cookie: backend}}
                    """,
                fix: "Change the part as the message says; most of these parts are refused by a rule, too.")
        case .inYAML:
            Explanation(
                finds:
                    "While 'hagen convert' writes a topology in YAML: a value that YAML has no text for, such as two "
                    + "hosts under one name, or a share with more decimals than are read.",
                why: "The file would be refused, or mean something else.",
                example: """
                    Objective("availability", of: api, availability: Ratio(fraction: 1.0 / 3))
                    """,
                fix: "Change the value in the Swift source as the message says.")
        }
    }

    func diagnostic(_ message: String, at span: SourceSpan?, help: [String]) -> Diagnostic {
        Diagnostic(code, severity, message, at: span, help: help)
    }
}
