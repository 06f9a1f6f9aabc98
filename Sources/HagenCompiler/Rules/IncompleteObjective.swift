internal import Hagen

/// An objective that cannot be judged.
struct IncompleteObjective: Rule {
    let code = DiagnosticCode(169)
    let title = "objective without a measure"
    let severity = Diagnostic.Severity.warning
    let explanation = Explanation(
        finds: "An objective with an availability and no window, with a window and no availability, or with "
            + "neither an availability nor a recovery time nor a recovery point.",
        why: "99.9 % of a day is a minute and a half, of a month three quarters of an hour: without a window a "
            + "share says nothing of how long an outage may last. And an objective without a number promises "
            + "nothing.",
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
              - {name: api-availability, cluster: api, availability: 99.9%}
            """,
        fix: "Say both: 'availability: 99.9%, window: 30d'; or a 'recoveryTime'.")
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
          - {name: api-availability, cluster: api, availability: 99.9%, window: 30d}
        """

    func check(_ context: RuleContext) -> [Diagnostic] {
        context.model.objectives.enumerated().compactMap { index, objective in
            let path = ModelPath.root["objectives"][index]
            switch (objective.availability, objective.window) {
            case (let availability?, nil):
                return finding(
                    "objective '\(objective.name)' asks for \(availability.text) of no time in particular",
                    at: context.span(path["availability"]), label: "no 'window'",
                    help: ["add 'window: 30d': of 30 days this leaves \(outage(availability, of: 30)) of outage"])
            case (nil, let window?):
                return finding(
                    "objective '\(objective.name)' has a window of \(window.text) and no availability to count in it",
                    at: context.span(path["window"]), label: "no 'availability'", help: ["add 'availability: 99.9%'"])
            case (nil, nil):
                guard objective.recoveryTime == nil, objective.recoveryPoint == nil else { return nil }
                return finding(
                    "objective '\(objective.name)' promises nothing", at: context.span(path["name"]),
                    label: "no availability, no recovery time, no recovery point",
                    help: ["add 'availability' and 'window', or 'recoveryTime'"])
            case (_?, _?): return nil
            }
        }
    }

    private func outage(_ availability: Ratio, of days: Int) -> String {
        // A share that is none is another rule's finding.
        let share = min(max(availability.fraction, 0), 1)
        return Duration.seconds(Int64(((1 - share) * Double(days) * 86_400).rounded())).readable
    }
}

extension Duration {
    /// In its two largest units, for people: `43m 12s`.
    fileprivate var readable: String {
        let whole = Int64(seconds)
        let parts = [(whole / 86_400, "d"), (whole % 86_400 / 3600, "h"), (whole % 3600 / 60, "m"), (whole % 60, "s")]
        let said = parts.drop { $0.0 == 0 }.prefix(2).filter { $0.0 != 0 }.map { "\($0.0)\($0.1)" }
        return said.isEmpty ? "no time" : said.joined(separator: " ")
    }
}
