internal import Hagen

/// An allowance of a warning that nothing gives any more.
struct UnneededAllowance: Rule {
    let code = DiagnosticCode(186)
    let title = "unneeded allowance"
    let severity = Diagnostic.Severity.warning
    let needsTheWhole = true
    let explanation = Explanation(
        finds: "An allowance of a warning that the topology does not give.",
        why: "What was accepted has been mended. Left in place, the allowance would silence the warning on the day on "
            + "which the fault comes back.",
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
            allow:
              HG0107: there is only one data centre
            """,
        fix: "Remove the allowance.")
    let nearMiss = """
        apiVersion: hagen/v1
        name: shop
        hosts:
          a1: {address: 10.0.0.11/24, zone: eu-1a}
          a2: {address: 10.0.0.12/24, zone: eu-1a}
        clusters:
          api:
            kind: load-balancing
            workload: {process: {command: [/usr/bin/api], port: 8080}}
            members: [a1, a2]
        allow:
          HG0107: there is only one data centre
        """

    func check(_ context: RuleContext) -> [Diagnostic] {
        guard !context.model.allowances.isEmpty else { return [] }
        let given = Set(context.found.map(\.code))
        let warnings = Set(Compiler.documentedCodes.filter { $0.severity == .warning }.map(\.code))
        return context.model.allowances.enumerated().compactMap { index, allowance in
            guard let code = DiagnosticCode(text: allowance.code), warnings.contains(code), !given.contains(code) else {
                return nil
            }
            return finding(
                "nothing gives the warning \(code) any more, which the topology allows",
                at: context.span(ModelPath.root["allowances"][index]["code"]), label: "not needed",
                help: ["remove it, so that the warning is seen when its fault comes back"])
        }
    }
}
