internal import Hagen

/// A virtual IP that is not in the network of a host that is to carry it.
struct VirtualIPOutsideNetwork: Rule {
    let code = DiagnosticCode(131)
    let title = "virtual IP outside of a host's network"
    let severity = Diagnostic.Severity.warning
    let explanation = Explanation(
        finds: "A virtual IP that lies outside of the network of a host that may carry it, by the prefix of the host's "
            + "address. A host whose declared address is of the other family (IPv4, IPv6) is not judged: its network "
            + "of this family is not known; nor is one with a prefix of its whole length.",
        why: "A virtual IP moves by telling the neighbours in the network which host has it now. In another network "
            + "nobody is told, and the router goes on sending elsewhere: the address would work on some hosts, and "
            + "be dead on the others.",
        example: """
            apiVersion: hagen/v1
            name: shop
            hosts:
              a1: {address: 10.0.0.11/24, zone: eu-1a}
              b1: {address: 10.0.1.12/24, zone: eu-1b}
            clusters:
              api:
                kind: load-balancing
                workload: {process: {command: [/usr/bin/api], port: 8080}}
                members: [a1, b1]
            balancers:
              web:
                on: [a1, b1]
                protocol: tcp
                listen: 80
                to: api
                check: {tcp: true}
                virtualIPs: [{address: 10.0.0.80, interface: eth0}]
            """,
        fix: "Take an address of the hosts' network, and let only hosts of one network carry it. Correct the prefix of "
            + "a host's address where that is wrong. Where the interface has a network of its own, which the host's "
            + "address does not tell, accept the warning with 'allow'.")
    let nearMiss = """
        apiVersion: hagen/v1
        name: shop
        hosts:
          a1: {address: 10.0.0.11/23, zone: eu-1a}
          b1: {address: 10.0.1.12/23, zone: eu-1b}
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
        """

    func check(_ context: RuleContext) -> [Diagnostic] {
        CarriedAddress.all(context.model).compactMap { carried in
            guard carried.address.isUnicast else { return nil }
            let outside = carried.hosts.compactMap { host -> (host: String, network: AddressWithPrefix)? in
                guard let network = context.network(ofHost: host), network.address.isIPv6 == carried.address.isIPv6,
                    // A routed address stands in no network that could be compared.
                    network.lowest != network.highest,
                    !network.contains(carried.address)
                else { return nil }
                return (host, network)
            }
            guard let first = outside.first else { return nil }
            let count = carried.hosts.count
            return finding(
                "virtual IP \(carried.address) of \(carried.part) is outside of the network of host '\(first.host)'",
                at: context.span(carried.path["address"]), label: "not in \(first.network.networkText)",
                secondary: outside.prefix(3).map { host, network in
                    context.label(
                        context.path(ofHost: host).map { $0["address"] },
                        "the network of '\(host)' is \(network.networkText)")
                },
                notes: count > 1 ? ["this holds for \(outside.count) of the \(count) hosts that may carry it"] : [],
                help: [
                    "take an address of \(first.network.networkText)"
                        + (outside.count < count ? ", or let '\(first.host)' not carry it" : "")
                ])
        }
    }
}
