internal import Hagen

/// Requests that travel between zones in clear.
struct PlainHTTPBetweenZones: Rule {
    let code = DiagnosticCode(173)
    let title = "plain HTTP between zones"
    let severity = Diagnostic.Severity.warning
    let explanation = Explanation(
        finds: "An HTTP balancer that sends requests to a member in another zone over more than one network: the "
            + "member's address lies outside of the network of the balancer's host. A balancer's TLS ends at the "
            + "balancer: to members it speaks plain HTTP. Hosts in one network share a link that the team owns, "
            + "and are left out.",
        why: "Between zones traffic passes through routers and lines that others run. Whoever listens there "
            + "reads cookies, passwords and everything else, and can change it.",
        example: """
            apiVersion: hagen/v1
            name: shop
            hosts:
              a1: {address: 10.0.0.11/24, zone: eu-1a}
              b1: {address: 10.0.1.11/24, zone: eu-1b}
            clusters:
              api:
                kind: load-balancing
                workload: {process: {command: [/usr/bin/api], port: 8080}}
                members: [a1, b1]
            balancers:
              web: {on: [a1, b1], protocol: http, listen: 80, to: api, check: {http: /ready}}
            """,
        fix: "Encrypt the way between the zones (WireGuard, IPsec, MACsec) and accept this warning with the "
            + "reason; or let the members speak TLS and use 'protocol: tcp'; or give each zone a balancer and a "
            + "cluster of its own.")
    let nearMiss = """
        apiVersion: hagen/v1
        name: shop
        hosts:
          a1: {address: 10.0.0.11/24, zone: eu-1a}
          b1: {address: 10.0.1.11/24, zone: eu-1b}
        clusters:
          api:
            kind: load-balancing
            workload: {process: {command: [/usr/bin/api], port: 8080}}
            members: [a1, b1]
        balancers:
          web: {on: [a1, b1], protocol: http, listen: 80, to: api, check: {http: /ready}}
        allow:
          HG0173: the zones are linked by WireGuard
        """

    func check(_ context: RuleContext) -> [Diagnostic] {
        let places = Dictionary(
            context.model.hosts.compactMap { host in AddressWithPrefix(host.address).map { (host.name, $0) } },
            uniquingKeysWith: { first, _ in first })
        return context.model.balancers.enumerated().compactMap { index, balancer in
            guard balancer.wireProtocol == .http, let cluster = context.cluster(named: balancer.target.cluster),
                cluster.workload.kind != "external"
            else { return nil }
            let hosts = balancer.hosts.prefix(16).compactMap { context.host(named: $0) }
            func crossing(to member: Model.Member) -> (from: Model.Host, to: Model.Host)? {
                guard let far = context.host(named: member.host), let place = places[far.name] else { return nil }
                return hosts.first { host in
                    host.zone != far.zone && places[host.name].map { !$0.contains(place.address) } ?? false
                        && !place.address.isLoopback
                }.map { ($0, far) }
            }
            guard let (from, to) = cluster.members.lazy.compactMap({ crossing(to: $0) }).first else { return nil }
            let path = ModelPath.root["balancers"][index]
            return finding(
                "balancer '\(balancer.name)' sends requests in clear from zone '\(from.zone)' to zone '\(to.zone)'",
                at: context.span(path["wireProtocol"]), label: "plain HTTP to members",
                secondary: [
                    context.label(context.path(ofHost: from.name).map { $0["address"] }, "from '\(from.name)'"),
                    context.label(
                        context.path(ofHost: to.name).map { $0["address"] }, "to '\(to.name)', in another network"),
                ],
                notes: balancer.tls == nil ? [] : ["its TLS ends at the balancer"],
                help: [
                    "encrypt the way between the zones and accept this: 'allow: {HG0173: …}'; or let members speak TLS, with "
                        + "'protocol: tcp'"
                ])
        }
    }
}
