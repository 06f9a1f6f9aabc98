internal import Hagen

/// A balancer that is to listen on an address that its host does not have.
struct ForeignListenAddress: Rule {
    let code = DiagnosticCode(123)
    let title = "listen address of another machine"
    let severity = Diagnostic.Severity.error
    let explanation = Explanation(
        finds: "A balancer with 'listen: ADDRESS:PORT' on a host whose address is another one. A host has "
            + "its declared address, the loopback addresses and the unspecified one.",
        why: "The kernel refuses the address, the balancer's engine does not start, and with it none of "
            + "the host's listeners.",
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
              web: {on: [a1, b1], protocol: http, listen: "10.99.1.1:80", to: api, check: {http: /ready}}
            """,
        fix: "Leave the address out, to listen on every address of the hosts, or write the host's own. For "
            + "several hosts with an address of their own each, declare one balancer a host.")
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
          web-a: {on: [a1], protocol: http, listen: "10.0.0.11:80", to: api, check: {http: /ready}}
          web-b: {on: [b1], protocol: http, listen: "10.0.0.12:80", to: api, check: {http: /ready}}
        """

    func check(_ context: RuleContext) -> [Diagnostic] {
        // In the lab every listener has its host's address, whatever was written.
        guard context.placement == .declared else { return [] }
        return context.model.balancers.enumerated().compactMap { index, balancer in
            guard let (written, port) = balancer.listen.parsed, let written, !written.isLoopback, !written.isUnspecified
            else { return nil }
            let foreign = balancer.hosts.enumerated().filter { _, host in
                context.plan.address(of: host).map { $0 != written } ?? false
            }
            guard let (place, host) = foreign.first.map({ ($0.offset, $0.element) }) else { return nil }
            let path = ModelPath.root["balancers"][index]
            let own = context.plan.address(of: host).map { "'\(host)' has the address \($0)" } ?? ""
            return finding(
                "balancer '\(balancer.name)' is to listen on \(written), which is no address of host '\(host)'",
                at: context.span(path["listen"]), label: "not an address of '\(host)'",
                secondary: [context.label(path["hosts"][place], own)],
                help: ["write the port alone to listen on every address of its hosts: \(port)"])
        }
    }
}
