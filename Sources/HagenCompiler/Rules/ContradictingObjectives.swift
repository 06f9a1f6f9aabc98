internal import Hagen

/// Two promises of one kind for one cluster.
struct ContradictingObjectives: Rule {
    let code = DiagnosticCode(171)
    let title = "objectives that contradict each other"
    let severity = Diagnostic.Severity.warning
    let explanation = Explanation(
        finds: "Two objectives of one cluster that ask for different recovery times, different recovery points, or "
            + "different availabilities over the same window.",
        why: "Only the stricter one counts, and whoever reads the other plans with a promise that nobody made.",
        example: """
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
            objectives:
              - {name: api-quick, cluster: api, recoveryTime: 30s}
              - {name: api-slow, cluster: api, recoveryTime: 2m}
            """,
        fix: "Keep one of them. Availabilities may differ where their windows do: 99.9 % of a day, and 99.99 % "
            + "of a year.")
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
        objectives:
          - {name: api-day, cluster: api, availability: 99%, window: 1d}
          - {name: api-month, cluster: api, availability: 99.9%, window: 30d}
        """

    func check(_ context: RuleContext) -> [Diagnostic] {
        var firsts: [String: (index: Int, value: String)] = [:]
        return context.model.objectives.enumerated().flatMap { index, objective -> [Diagnostic] in
            guard context.cluster(named: objective.cluster) != nil else { return [] }
            let window = objective.window
            let promises: [(key: String, what: String, value: String?)] = [
                (
                    "availability", "an availability\(window.map { " over \($0.text)" } ?? "")",
                    objective.availability?.text
                ),
                ("recoveryTime", "a recovery time", objective.recoveryTime?.text),
                ("recoveryPoint", "a recovery point", objective.recoveryPoint?.text),
            ]
            return promises.compactMap { key, what, value in
                guard let value else { return nil }
                let identity = "\(objective.cluster)\n\(what)"
                guard let first = firsts[identity] else {
                    firsts[identity] = (index, value)
                    return nil
                }
                guard first.value != value else { return nil }
                let root = ModelPath.root["objectives"]
                let other = context.model.objectives[first.index]
                return finding(
                    "objectives '\(other.name)' and '\(objective.name)' promise cluster '\(objective.cluster)' \(what) of "
                        + "\(first.value) and of \(value)",
                    at: context.span(root[index][key]), label: "\(value) here",
                    secondary: [context.label(root[first.index][key], "\(first.value) here")],
                    help: ["keep the one that is meant"])
            }
        }
    }
}
