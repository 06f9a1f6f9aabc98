internal import Hagen

/// Two hosts with one address.
struct DuplicateAddress: Rule {
    let code = DiagnosticCode(103)
    let title = "duplicate address"
    let severity = Diagnostic.Severity.error
    let explanation = Explanation(
        finds: "Two hosts with the same address, also where it is written in two ways.",
        why: "They would be one computer under two names: its loss would take two members at once, and both names "
            + "would listen on the same ports.",
        example: """
            apiVersion: hagen/v1
            name: shop
            hosts:
              a1: {address: "fd00::11/64", zone: eu-1a}
              b1: {address: "fd00:0:0::11/64", zone: eu-1b}
            """,
        fix: "Give each host its own address. For several hosts on one machine take loopback addresses such as "
            + "127.0.0.11/8 and 127.0.0.12/8.")
    let nearMiss = """
        apiVersion: hagen/v1
        name: shop
        hosts:
          a1: {address: "fd00::11/64", zone: eu-1a}
          b1: {address: "fd00::1:11/64", zone: eu-1b}
        """

    func check(_ context: RuleContext) -> [Diagnostic] {
        var firsts: [IPAddress: Int] = [:]
        var findings: [Diagnostic] = []
        for (index, host) in context.model.hosts.enumerated() {
            guard let address = AddressWithPrefix(host.address)?.address else { continue }
            guard let first = firsts[address] else {
                firsts[address] = index
                continue
            }
            let other = context.model.hosts[first]
            guard other.name != host.name else { continue }
            let hosts = ModelPath.root["hosts"]
            findings.append(
                finding(
                    "hosts '\(other.name)' and '\(host.name)' have the same address \(address)",
                    at: context.span(hosts[index]["address"]), label: "'\(host.name)' has it too",
                    secondary: [context.label(hosts[first]["address"], "address of '\(other.name)'")],
                    help: ["give each host its own address"]))
        }
        return findings
    }
}
