internal import Hagen

/// The address of a network, or of everybody in it, where that of one computer is needed.
struct NotAHostAddress: Rule {
    let code = DiagnosticCode(133)
    let title = "address of a whole network"
    let severity = Diagnostic.Severity.error
    let explanation = Explanation(
        finds: "A host's address or a virtual IP that is the network's own address or its broadcast address, by the "
            + "prefix of the host (for IPv6: the one that every router of the network has), and a virtual IP that "
            + "is unspecified or multicast.",
        why: "No computer can have such an address: the kernel refuses it, or everybody in the network answers.",
        example: """
            apiVersion: hagen/v1
            name: shop
            hosts:
              a1: {address: 10.0.0.0/24, zone: eu-1a}
              b1: {address: 10.0.0.12/24, zone: eu-1b}
            clusters:
              api:
                kind: load-balancing
                workload: {process: {command: [/usr/bin/api], port: 8080}}
                members: [a1, b1]
            """,
        fix: "Write the address of the computer itself, and the prefix that its network interface really has.")
    let nearMiss = """
        apiVersion: hagen/v1
        name: shop
        hosts:
          a1: {address: 10.0.0.0/31, zone: eu-1a}
          b1: {address: 10.0.0.1/31, zone: eu-1b}
        clusters:
          api:
            kind: load-balancing
            workload: {process: {command: [/usr/bin/api], port: 8080}}
            members: [a1, b1]
        """

    func check(_ context: RuleContext) -> [Diagnostic] {
        let hosts = context.model.hosts.enumerated().compactMap { index, host -> Diagnostic? in
            guard let network = AddressWithPrefix(host.address), network.address.isUnicast,
                let reason = network.reason(against: network.address)
            else { return nil }
            return finding(
                "\(network.address), the address of host '\(host.name)', is \(reason)",
                at: context.span(ModelPath.root["hosts"][index]["address"]), label: "no computer can have it",
                help: ["write the address of the computer itself, or correct the prefix '/\(network.prefix)'"])
        }
        let virtual = CarriedAddress.all(context.model).compactMap { carried -> Diagnostic? in
            var reason = carried.address.isUnicast ? nil : "a multicast or reserved address"
            if carried.address.isUnspecified { reason = "the unspecified address" }
            for host in carried.hosts where reason == nil {
                reason = context.network(ofHost: host)?.reason(against: carried.address)
            }
            return reason.map { reason in
                finding(
                    "virtual IP \(carried.address) of \(carried.part) is \(reason)",
                    at: context.span(carried.path["address"]), label: "no computer can have it",
                    help: ["take a free address of the hosts' network"])
            }
        }
        return hosts + virtual
    }
}

extension AddressWithPrefix {
    /// Why no computer of this network has that address; `nil` where one can. Networks of one or two addresses have no
    /// such addresses (RFC 3021, RFC 6164).
    fileprivate func reason(against other: IPAddress) -> String? {
        guard prefix <= (address.isIPv6 ? 126 : 30), other.isIPv6 == address.isIPv6 else { return nil }
        if other == lowest {
            return address.isIPv6
                ? "the address of every router of \(networkText)" : "the address of the network \(networkText) itself"
        }
        return other == highest && !address.isIPv6 ? "the broadcast address of \(networkText)" : nil
    }
}
