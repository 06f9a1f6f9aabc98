internal import Hagen

/// A balancer that tells clients apart by an address that they do not have any more.
struct ClientsHiddenByProxy: Rule {
    let code = DiagnosticCode(153)
    let title = "client address behind a proxy"
    let severity = Diagnostic.Severity.warning
    let explanation = Explanation(
        finds: "A balancer that chooses members by the address of the client ('strategy: ip-hash', 'affinity: "
            + "client-address'), and whose clients are another balancer of the topology: an external endpoint of "
            + "that one is a host of this one, with its port.",
        why: "Every connection comes from the address of the balancer in front. All clients are sent to one "
            + "member, or to as many as the balancer in front has hosts, and the others idle.",
        example: """
            apiVersion: hagen/v1
            name: shop
            hosts:
              a1: {address: 10.0.0.11/24, zone: eu-1a}
              b1: {address: 10.0.0.12/24, zone: eu-1b}
              c1: {address: 10.0.0.13/24, zone: eu-1c}
            clusters:
              api:
                kind: load-balancing
                workload: {process: {command: [/usr/bin/api], port: 8080}}
                members: [a1, b1]
              inner:
                kind: load-balancing
                workload: {external: {endpoints: ["10.0.0.11:81", "10.0.0.12:81"]}}
            balancers:
              edge: {on: [b1, c1], protocol: tcp, listen: 80, to: inner, check: {tcp: true}}
              web: {on: [a1, b1], protocol: http, listen: 81, to: api, strategy: ip-hash, check: {http: /ready}}
            """,
        fix: "Let the balancer in front send the PROXY protocol and this one accept it; or choose members by "
            + "another strategy, such as least-connections; or keep a client on its member by the balancer in "
            + "front.")
    let nearMiss = """
        apiVersion: hagen/v1
        name: shop
        hosts:
          a1: {address: 10.0.0.11/24, zone: eu-1a}
          b1: {address: 10.0.0.12/24, zone: eu-1b}
          c1: {address: 10.0.0.13/24, zone: eu-1c}
        clusters:
          api:
            kind: load-balancing
            workload: {process: {command: [/usr/bin/api], port: 8080}}
            members: [a1, b1]
          inner:
            kind: load-balancing
            workload: {external: {endpoints: ["10.0.0.11:81", "10.0.0.12:81"]}}
        balancers:
          edge: {on: [b1, c1], protocol: tcp, listen: 80, to: inner, strategy: ip-hash, check: {tcp: true}}
          web: {on: [a1, b1], protocol: http, listen: 81, to: api, strategy: least-connections, check: {http: /ready}}
        """

    func check(_ context: RuleContext) -> [Diagnostic] {
        BalancerChain.all(context).compactMap { chain in
            let (front, behind) = (context.model.balancers[chain.front], context.model.balancers[chain.behind])
            // One side alone with the PROXY protocol is worse, and another rule's finding.
            guard behind.proxyProtocol?.accept != true, front.proxyProtocol?.send != true else { return nil }
            let path = ModelPath.root["balancers"][chain.behind]
            let place: ModelPath
            if behind.affinity == .clientAddress {
                place = path["affinity"]
            } else if behind.strategy == .ipHash {
                place = path["strategy"]
            } else {
                return nil
            }
            return finding(
                "balancer '\(behind.name)' tells clients apart by their address, and all of them have that of balancer "
                    + "'\(front.name)'",
                at: context.span(place),
                label: "sees the hosts of '\(front.name)': \(front.hosts.prefix(4).joined(separator: ", "))",
                secondary: [context.label(chain.endpoint, "'\(front.name)' sends here, which is '\(behind.name)'")],
                help: [
                    "let '\(front.name)' send the client's address ('proxyProtocol: {send: true}') and '\(behind.name)' "
                        + "accept it ('proxyProtocol: {accept: true}'), or use 'strategy: least-connections'"
                ])
        }
    }
}
