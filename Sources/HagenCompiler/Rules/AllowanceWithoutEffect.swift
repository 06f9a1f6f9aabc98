internal import Hagen

/// An allowance that accepts nothing.
struct AllowanceWithoutEffect: Rule {
    let code = DiagnosticCode(185)
    let title = "allowance without effect"
    let severity = Diagnostic.Severity.error
    let explanation = Explanation(
        finds: "An allowance of a code that does not exist, of one that is an error, or without a reason.",
        why: "Only warnings can be accepted: an error says that the topology cannot do what it declares. And whoever "
            + "reads the topology next year must see why a warning was accepted.",
        example: """
            apiVersion: hagen/v1
            name: shop
            hosts:
              a1: {address: 10.0.0.11/24, zone: eu-1a}
            allow:
              HG0101: two hosts of one name are fine
            """,
        fix: "Mend what the error finds, or name the code of a warning; 'hagen explain' lists all codes.")
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
        let codes = Compiler.documentedCodes
        let severities = Dictionary(codes.map { ($0.code, $0.severity) }, uniquingKeysWith: { first, _ in first })
        return context.model.allowances.enumerated().compactMap { index, allowance in
            let path = ModelPath.root["allowances"][index]
            switch DiagnosticCode(text: allowance.code).flatMap({ severities[$0] }) {
            case nil:
                let meant = Spelling.nearest(to: allowance.code, among: codes.map(\.code.description))
                return finding(
                    "there is no code '\(allowance.code)' to allow", at: context.span(path["code"]),
                    label: meant.map { "did you mean '\($0)'?" } ?? "no such code",
                    help: ["'hagen explain' lists all codes"])
            case .error?:
                return finding(
                    "\(allowance.code) is an error, and only warnings can be allowed", at: context.span(path["code"]),
                    label: "an error", help: ["'hagen explain \(allowance.code)' says how to mend it"])
            case .warning?:
                guard allowance.reason.allSatisfy(\.isWhitespace) else { return nil }
                return finding(
                    "\(allowance.code) is allowed without a reason", at: context.span(path["reason"]),
                    label: "no reason", help: ["write why the team accepts it"])
            }
        }
    }
}
