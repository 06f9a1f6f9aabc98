internal import Hagen

/// A virtual IP that somebody else has.
struct VirtualIPTaken: Rule {
    let code = DiagnosticCode(132)
    let title = "virtual IP that is taken"
    let severity = Diagnostic.Severity.error
    let explanation = Explanation(
        finds: "A virtual IP that is the address of a host, or that two parts of the topology carry. Balancers on the "
            + "same hosts and interface may share one.",
        why: "Two computers would answer for one address. Which of them a client reaches changes by the minute, and "
            + "each one that announces it cuts off the other.",
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
            balancers:
              web:
                on: [a1, b1]
                protocol: http
                listen: 80
                to: api
                check: {http: /ready}
                virtualIPs: [{address: 10.0.0.12, interface: eth0}]
            """,
        fix: "Take an address for the virtual IP that nothing else has.")
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
        balancers:
          web:
            on: [a1, b1]
            protocol: http
            listen: 80
            to: api
            check: {http: /ready}
            virtualIPs: [{address: 10.0.0.80, interface: eth0}]
          other:
            on: [b1, a1]
            protocol: http
            listen: 81
            to: api
            check: {http: /ready}
            virtualIPs: [{address: 10.0.0.80, interface: eth0}]
        """

    func check(_ context: RuleContext) -> [Diagnostic] {
        var hosts: [IPAddress: Int] = [:]
        for (index, host) in context.model.hosts.enumerated() {
            guard let address = AddressWithPrefix(host.address)?.address, hosts[address] == nil else { continue }
            hosts[address] = index
        }
        var firsts: [IPAddress: CarriedAddress] = [:]
        var findings: [Diagnostic] = []
        for carried in CarriedAddress.all(context.model) {
            if let host = hosts[carried.address] {
                let name = context.model.hosts[host].name
                findings.append(
                    finding(
                        "virtual IP \(carried.address) of \(carried.part) is the address of host '\(name)'",
                        at: context.span(carried.path["address"]), label: "belongs to '\(name)'",
                        secondary: [
                            context.label(ModelPath.root["hosts"][host]["address"], "the address of '\(name)'")
                        ],
                        help: ["take an address that nothing else has"]))
            } else if let first = firsts[carried.address] {
                guard
                    !(first.isBalancers && carried.isBalancers && first.part != carried.part)
                        || first.hosts != carried.hosts || first.interface != carried.interface
                else { continue }
                let who =
                    first.part == carried.part
                    ? "\(carried.part) carries virtual IP \(carried.address) twice"
                    : "\(first.part) and \(carried.part) both carry virtual IP \(carried.address)"
                findings.append(
                    finding(
                        who, at: context.span(carried.path["address"]), label: "carried again",
                        secondary: [context.label(first.path["address"], "of \(first.part)")],
                        help: ["take an address that nothing else has"]))
            } else {
                firsts[carried.address] = carried
            }
        }
        return findings
    }
}
