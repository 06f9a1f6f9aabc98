internal import Hagen

/// A listener in clear on the port of HTTPS.
struct ClearTextOnTLSPort: Rule {
    let code = DiagnosticCode(161)
    let title = "HTTP without TLS on the port of HTTPS"
    let severity = Diagnostic.Severity.warning
    let explanation = Explanation(
        finds: "An HTTP balancer on port 443 or 8443 without 'tls'. Connections of TCP balancers may carry TLS "
            + "themselves.",
        why: "Clients that come to this port begin with a TLS handshake, which is no HTTP request: each of them "
            + "gets an error. Those that are told to speak plain HTTP there send in clear what everybody takes "
            + "for encrypted.",
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
              web: {on: [a1, b1], protocol: http, listen: 443, to: api, check: {http: /ready}}
            """,
        fix: "Add 'tls: {credential: NAME}', or listen on port 80. Where the members speak TLS themselves, use "
            + "'protocol: tcp'.")
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
          web: {on: [a1, b1], protocol: tcp, listen: 443, to: api, check: {tcp: true}}
        """

    func check(_ context: RuleContext) -> [Diagnostic] {
        context.model.balancers.enumerated().compactMap { index, balancer in
            guard balancer.wireProtocol == .http, balancer.tls == nil, let port = balancer.listen.parsed?.port,
                [443, 8443].contains(port)
            else { return nil }
            let path = ModelPath.root["balancers"][index]
            return finding(
                "balancer '\(balancer.name)' speaks plain HTTP on port \(port), where clients expect TLS",
                at: context.span(path["listen"]), label: "the port of HTTPS, and no 'tls'",
                secondary: [context.label(path["wireProtocol"], "in clear")],
                help: [
                    "add 'tls: {credential: NAME}', listen on another port, or use 'protocol: tcp' where the members "
                        + "speak TLS themselves"
                ])
        }
    }
}
