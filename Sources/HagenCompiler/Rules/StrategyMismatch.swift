internal import Hagen

/// Something asked of a balancer that its protocol does not have.
struct StrategyMismatch: Rule {
    let code = DiagnosticCode(110)
    let title = "strategy that the protocol cannot have"
    let severity = Diagnostic.Severity.error
    let explanation = Explanation(
        finds: "A TCP balancer that is to set a cookie or to compare response times, and an HTTP balancer in front of "
            + "a database.",
        why: "Cookies and responses are parts of HTTP: in a stream of TCP there are neither. And a database does not "
            + "speak HTTP: every connection would fail.",
        example: """
            apiVersion: hagen/v1
            name: shop
            hosts:
              a1: {address: 10.0.0.11/24, zone: eu-1a}
              b1: {address: 10.0.0.12/24, zone: eu-1b}
            clusters:
              chat:
                kind: load-balancing
                workload: {process: {command: [/usr/bin/chat], port: 7000}}
                members: [a1, b1]
            balancers:
              front:
                on: [a1, b1]
                protocol: tcp
                listen: 7100
                to: chat
                affinity: {cookie: member}
                check: {tcp: true}
            """,
        fix: "Over TCP keep a client on its member by its address: 'strategy: ip-hash'. In front of a database use "
            + "'protocol: tcp'.")
    let nearMiss = """
        apiVersion: hagen/v1
        name: shop
        hosts:
          a1: {address: 10.0.0.11/24, zone: eu-1a}
          b1: {address: 10.0.0.12/24, zone: eu-1b}
        clusters:
          chat:
            kind: load-balancing
            workload: {process: {command: [/usr/bin/chat], port: 7000}}
            members: [a1, b1]
        balancers:
          front:
            on: [a1, b1]
            protocol: tcp
            listen: 7100
            to: chat
            strategy: ip-hash
            check: {tcp: true}
        """

    func check(_ context: RuleContext) -> [Diagnostic] {
        context.model.balancers.enumerated().flatMap { index, balancer -> [Diagnostic] in
            let path = ModelPath.root["balancers"][index]
            let protocolLabel = context.label(path["wireProtocol"], "the protocol is \(balancer.wireProtocol.rawValue)")
            var findings: [Diagnostic] = []
            if balancer.asksForCookieOnTCP {
                findings.append(
                    finding(
                        "balancer '\(balancer.name)' cannot set a cookie: it speaks TCP",
                        at: context.span(path["affinity"]), label: "cookies are a part of HTTP",
                        secondary: [protocolLabel],
                        help: ["'strategy: ip-hash' keeps a client on its member by its address"]))
            }
            if balancer.asksForLeastTimeOnTCP {
                findings.append(
                    finding(
                        "balancer '\(balancer.name)' cannot compare response times: it speaks TCP",
                        at: context.span(path["strategy"]), label: "TCP has no responses", secondary: [protocolLabel],
                        help: ["'strategy: least-connections' prefers members that are done sooner"]))
            }
            if let cluster = context.cluster(named: balancer.target.cluster), balancer.wireProtocol == .http,
                cluster.workload.isDatabase
            {
                findings.append(
                    finding(
                        "balancer '\(balancer.name)' speaks HTTP, and \(cluster.workload.kind) does not",
                        at: context.span(path["wireProtocol"]), label: "HTTP",
                        secondary: [
                            context.label(
                                context.path(ofCluster: cluster.name).map { $0["workload"] }, cluster.workload.kind)
                        ],
                        fixes: context.textSpan(path["wireProtocol"]).map {
                            [.init("write 'tcp'", [.init($0, "tcp")], .maybe)]
                        } ?? []))
            }
            return findings
        }
    }
}

extension Model.Balancer {
    var asksForCookieOnTCP: Bool {
        if case .cookie = affinity { return wireProtocol == .tcp }
        return false
    }

    var asksForLeastTimeOnTCP: Bool { wireProtocol == .tcp && strategy == .leastTime }
}

extension Model.Workload {
    var isDatabase: Bool {
        switch self {
        case .postgreSQL, .mariaDB, .redis, .mongoDB: true
        case .process, .systemd, .slurm, .ocf, .external: false
        }
    }
}
