internal import Hagen

/// Names of one kind that are told apart by their case or by look-alike characters alone.
struct ConfusableNames: Rule {
    let code = DiagnosticCode(128)
    let title = "names that are easily confused"
    let severity = Diagnostic.Severity.warning
    let explanation = Explanation(
        finds: "Two hosts, zones, clusters, balancers or receivers whose names differ only by case, by '-' and '_', by "
            + "'o' and '0', or by 'l' and '1'.",
        why: "Of two hosts with such names somebody will one day restart the wrong one. Of two zones it is mostly one "
            + "zone mistyped: the compiler would count two failure domains where there is one, and the cluster "
            + "would not survive the loss that it is said to survive.",
        example: """
            apiVersion: hagen/v1
            name: shop
            hosts:
              a1: {address: 10.0.0.11/24, zone: eu-1a}
              b1: {address: 10.0.0.12/24, zone: EU-1a}
            clusters:
              api:
                kind: load-balancing
                workload: {process: {command: [/usr/bin/api], port: 8080}}
                members: [a1, b1]
            """,
        fix: "Write the zone the same everywhere where one is meant; give parts that are two names that differ to the "
            + "ear.")
    let nearMiss = """
        apiVersion: hagen/v1
        name: shop
        hosts:
          a1: {address: 10.0.0.11/24, zone: eu-1a}
          b1: {address: 10.0.0.12/24, zone: eu-1b}
        clusters:
          api:
            kind: load-balancing
            workload: {process: {command: [/usr/bin/api], port: 8080}}
            members: [a1, b1]
        """

    func check(_ context: RuleContext) -> [Diagnostic] {
        let (model, root) = (context.model, ModelPath.root)
        var findings: [Diagnostic] = []
        func judge(_ noun: String, _ names: [String], at path: ModelPath) {
            findings += pairs(in: names).map { first, second in
                finding(
                    message(noun, names[first], names[second]), at: context.span(path[second]["name"]),
                    label: "easily taken for '\(names[first])'",
                    secondary: [context.label(path[first]["name"], "the other one")],
                    help: ["give one of them a name that nobody confuses with the other"])
            }
        }
        judge("host", model.hosts.map(\.name), at: root["hosts"])
        judge("cluster", model.clusters.map(\.name), at: root["clusters"])
        judge("balancer", model.balancers.map(\.name), at: root["balancers"])
        judge("receiver", model.monitoring.receivers.map(\.name), at: root["monitoring"]["receivers"])
        return findings + judgeZones(context)
    }

    /// Many hosts have one zone: one finding for each spelling, and a fix that mends all of them.
    private func judgeZones(_ context: RuleContext) -> [Diagnostic] {
        let (hosts, path) = (context.model.hosts, ModelPath.root["hosts"])
        let zones = hosts.map(\.zone)
        let places = Dictionary(grouping: zones.indices) { zones[$0] }
        return pairs(in: zones).map { first, second in
            let edits = (places[zones[second]] ?? []).compactMap { context.textSpan(path[$0]["zone"]) }
                .map { Diagnostic.Edit($0, zones[first]) }
            return finding(
                message("zone", zones[first], zones[second]), at: context.span(path[second]["zone"]),
                label: "zone of '\(hosts[second].name)', easily taken for '\(zones[first])'",
                secondary: [context.label(path[first]["zone"], "zone of '\(hosts[first].name)'")],
                notes: ["they count as two zones, which are taken to fail one at a time"],
                fixes: edits.isEmpty ? [] : [.init("write '\(zones[first])'", edits, .maybe)])
        }
    }

    private func message(_ noun: String, _ first: String, _ second: String) -> String {
        let how = first.lowercased() == second.lowercased() ? "by case alone" : "by look-alike characters alone"
        return "\(noun)s '\(first)' and '\(second)' differ \(how)"
    }

    /// Each first use of a name with the first one before it that looks like it; equal names are another rule's finding.
    private func pairs(in names: [String]) -> [(first: Int, second: Int)] {
        var firsts: [String: Int] = [:]
        var seen: Set<String> = []
        var pairs: [(Int, Int)] = []
        for (index, name) in names.enumerated() where seen.insert(name).inserted {
            let look = Self.look(of: name)
            if let first = firsts[look] { pairs.append((first, index)) } else { firsts[look] = index }
        }
        return pairs
    }

    private static func look(of name: String) -> String {
        String(
            name.lowercased().map { character in
                switch character {
                case "_": "-"
                case "o": "0"
                case "l": "1"
                default: character
                }
            })
    }
}
