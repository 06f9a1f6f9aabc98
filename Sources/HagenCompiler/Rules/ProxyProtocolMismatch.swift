internal import Hagen

/// A PROXY protocol header that one side sends and the other does not expect, or the other way round.
struct ProxyProtocolMismatch: Rule {
    let code = DiagnosticCode(154)
    let title = "PROXY protocol on one side only"
    let severity = Diagnostic.Severity.error
    let explanation = Explanation(
        finds: "A balancer that sends the PROXY protocol to another balancer of the topology that does not accept "
            + "it, one that does not send it to a balancer that accepts it, and one that sends it to PostgreSQL, "
            + "Redis or MongoDB, which do not know it.",
        why: "The header stands before the first byte of every connection. Who does not expect it takes it for a "
            + "broken request and closes; who expects it waits for it in vain, or takes the first bytes of the "
            + "client for it. No connection works.",
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
              edge:
                on: [b1, c1]
                protocol: tcp
                listen: 80
                to: inner
                check: {tcp: true}
                proxyProtocol: {send: true}
              web: {on: [a1, b1], protocol: http, listen: 81, to: api, check: {http: /ready}}
            """,
        fix: "Say it on both sides ('send' in front, 'accept' behind), or on none. A listener with 'accept' can "
            + "have no other clients than proxies.")
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
          edge:
            on: [b1, c1]
            protocol: tcp
            listen: 80
            to: inner
            check: {tcp: true}
            proxyProtocol: {send: true}
          web:
            on: [a1, b1]
            protocol: http
            listen: 81
            to: api
            check: {http: /ready}
            proxyProtocol: {accept: true}
        """

    func check(_ context: RuleContext) -> [Diagnostic] {
        BalancerChain.all(context).compactMap { judge($0, context) } + judgeDatabases(context)
    }

    private func judge(_ chain: BalancerChain, _ context: RuleContext) -> Diagnostic? {
        let (front, behind) = (context.model.balancers[chain.front], context.model.balancers[chain.behind])
        let (sends, accepts) = (front.proxyProtocol?.send == true, behind.proxyProtocol?.accept == true)
        guard sends != accepts else { return nil }
        let root = ModelPath.root["balancers"]
        let endpoint = context.label(chain.endpoint, "leads from '\(front.name)' to '\(behind.name)'")
        if sends {
            return finding(
                "balancer '\(front.name)' sends the PROXY protocol to balancer '\(behind.name)', which does not accept it",
                at: context.span(root[chain.front]["proxyProtocol"]["send"]), label: "before every connection",
                secondary: [endpoint, context.label(root[chain.behind]["name"], "takes it for a broken request")],
                help: ["add 'proxyProtocol: {accept: true}' to '\(behind.name)'"])
        }
        return finding(
            "balancer '\(behind.name)' waits for the PROXY protocol, which balancer '\(front.name)' does not send",
            at: context.span(root[chain.behind]["proxyProtocol"]["accept"]), label: "refuses connections without it",
            secondary: [endpoint, context.label(root[chain.front]["name"], "does not send it")],
            help: ["add 'proxyProtocol: {send: true}' to '\(front.name)'"])
    }

    private func judgeDatabases(_ context: RuleContext) -> [Diagnostic] {
        context.model.balancers.enumerated().compactMap { index, balancer in
            guard balancer.proxyProtocol?.send == true,
                let cluster = context.cluster(named: balancer.target.cluster)
            else { return nil }
            switch cluster.workload {
            case .postgreSQL, .redis, .mongoDB: break
            // MariaDB accepts it from the networks of its setting proxy-protocol-networks.
            case .process, .systemd, .mariaDB, .slurm, .ocf, .external: return nil
            }
            return finding(
                "balancer '\(balancer.name)' sends the PROXY protocol to \(cluster.workload.kind), which does not know it",
                at: context.span(ModelPath.root["balancers"][index]["proxyProtocol"]["send"]),
                label: "before every connection",
                secondary: [
                    context.label(
                        context.path(ofCluster: cluster.name).map { $0["workload"] }, "takes it for a broken client")
                ],
                help: ["take 'send' away"])
        }
    }
}
