internal import Hagen

/// A part of the language whose engine is not there yet: refused, never ignored.
struct EngineMissing: Rule {
    let code = DiagnosticCode(100)
    let title = "engine not there yet"
    let severity = Diagnostic.Severity.error
    let explanation = Explanation(
        finds: "A part of the language that this version understands but cannot carry out.",
        why: "A topology that is compiled is kept in full. A part that was left out silently would be missed on the "
            + "day on which it is needed.",
        example: """
            apiVersion: hagen/v1
            name: shop
            hosts:
              a1: {address: 127.0.0.11/8, zone: eu-1a}
              b1: {address: 127.0.0.12/8, zone: eu-1b}
            clusters:
              render:
                kind: compute
                workload: {process: {command: [/usr/bin/render]}}
                members: [a1, b1]
            """,
        fix:
            "Leave the part out, or wait for the version that has its engine. This version runs processes, systemd units "
            + "and resource agents under failover and load balancing, balances TCP and HTTP, and alerts by webhook.")
    let nearMiss = """
        apiVersion: hagen/v1
        name: shop
        hosts:
          a1: {address: 127.0.0.11/8, zone: eu-1a}
          b1: {address: 127.0.0.12/8, zone: eu-1b}
        clusters:
          render:
            kind: load-balancing
            workload: {process: {command: [/usr/bin/render]}}
            members: [a1, b1]
        """

    /// One part that cannot be carried out.
    private struct Part {
        var path: ModelPath
        /// In the words of a message, with the part that has it.
        var what: String
        var instead: String?
        /// It is there, but not where the topology runs in the lab.
        var isForHosts = false

        init(_ path: ModelPath, _ what: String, instead: String? = nil, isForHosts: Bool = false) {
            self.path = path
            self.what = what
            self.instead = instead
            self.isForHosts = isForHosts
        }
    }

    func check(_ context: RuleContext) -> [Diagnostic] {
        let (model, root) = (context.model, ModelPath.root)
        var parts: [Part] = []
        for (index, cluster) in model.clusters.enumerated() {
            parts += of(cluster, at: root["clusters"][index], context.placement)
        }
        for (index, balancer) in model.balancers.enumerated() { parts += of(balancer, at: root["balancers"][index]) }
        for (index, receiver) in model.monitoring.receivers.enumerated() {
            let path = root["monitoring"]["receivers"][index]["channel"]
            let instead = "use a webhook"
            switch receiver.channel {
            case .webhook: continue
            case .email: parts.append(Part(path, "mail to receiver '\(receiver.name)'", instead: instead))
            case .command: parts.append(Part(path, "a command as receiver '\(receiver.name)'", instead: instead))
            }
        }
        return parts.map { part in
            finding(
                part.isForHosts ? "\(part.what) cannot run in the lab" : "\(part.what) is not there yet",
                at: context.span(part.path), label: part.isForHosts ? "not in the lab" : "not in this version",
                help: [part.instead ?? "leave it out until a later version of hagen has it"])
        }
    }

    private func of(_ cluster: Model.Cluster, at path: ModelPath, _ placement: Placement) -> [Part] {
        let name = "of cluster '\(cluster.name)'"
        var parts: [Part] = []
        if cluster.kind == .compute {
            parts.append(Part(path["kind"], "the engine \(name), which is a compute cluster,"))
        }
        switch cluster.workload {
        case .process, .external: break
        case .systemd, .ocf:
            // All hosts of the lab are one machine, which has each unit and each resource once.
            guard placement == .loopback else { break }
            parts.append(
                Part(
                    path["workload"], "the \(cluster.workload.kind) workload \(name)",
                    instead: "run it on hosts of its own, or try the topology with a process in its place",
                    isForHosts: true))
        default:
            parts.append(
                Part(
                    path["workload"], "the \(cluster.workload.kind) workload \(name)",
                    instead:
                        "what runs today is a process, a systemd unit, a resource agent, or an external workload behind a balancer"
                ))
        }
        if cluster.replication != nil { parts.append(Part(path["replication"], "the replication \(name)")) }
        if let check = cluster.failover.check { parts += of(check, "the check \(name)", at: path["failover"]["check"]) }
        return parts
    }

    private func of(_ balancer: Model.Balancer, at path: ModelPath) -> [Part] {
        let name = "of balancer '\(balancer.name)'"
        var parts: [Part] = []
        if balancer.tls != nil { parts.append(Part(path["tls"], "the TLS \(name)")) }
        if balancer.proxyProtocol.map({ $0.accept || $0.send }) ?? false {
            parts.append(Part(path["proxyProtocol"], "the PROXY protocol \(name)"))
        }
        // What no version can have is another rule's finding.
        if balancer.affinity != nil, !balancer.asksForCookieOnTCP {
            parts.append(
                Part(
                    path["affinity"], "the affinity \(name)",
                    instead: "'strategy: ip-hash' keeps a client on its member by its address"))
        }
        switch balancer.strategy {
        case nil, .roundRobin, .leastConnections, .ipHash: break
        case .weighted:
            parts.append(
                Part(
                    path["strategy"], "the strategy 'weighted' \(name)",
                    instead: "write 'round-robin': it respects the weights of members"))
        case .consistentHash, .randomTwo, .leastTime:
            if !balancer.asksForLeastTimeOnTCP {
                parts.append(
                    Part(
                        path["strategy"], "the strategy '\(balancer.strategy?.rawValue ?? "")' \(name)",
                        instead: "there are round-robin, least-connections and ip-hash"))
            }
        }
        if let check = balancer.check { parts += of(check, "the check \(name)", at: path["check"]) }
        return parts
    }

    private func of(_ check: Model.Check, _ what: String, at path: ModelPath) -> [Part] {
        let instead = "there are 'tcp' and 'http'"
        return switch check.kind {
        case .tcp, .http: []
        case .command: [Part(path["kind"], "\(what) by a command", instead: instead)]
        case .nagios: [Part(path["kind"], "\(what) by a Nagios plugin", instead: instead)]
        case .role: [Part(path["kind"], "\(what) by role", instead: instead)]
        }
    }
}
