internal import Hagen

/// A virtual IP that can be read, with the part that declares it and the hosts that may carry it.
struct CarriedAddress {
    var address: IPAddress
    /// In the words of a message.
    var part: String
    var path: ModelPath
    /// Sorted; each once.
    var hosts: [String]
    var interface: String
    /// Balancers on the same hosts may share an address: their listeners are told apart by the port.
    var isBalancers: Bool

    static func all(_ model: Model.Topology) -> [Self] {
        var carried: [Self] = []
        func add(_ virtualIPs: [Model.VirtualIP], _ part: String, _ hosts: [String], _ path: ModelPath, _ of: Bool) {
            guard !virtualIPs.isEmpty else { return }
            let hosts = Set(hosts).sorted()
            for (index, virtualIP) in virtualIPs.enumerated() {
                guard let address = IPAddress(virtualIP.address) else { continue }
                carried.append(
                    Self(
                        address: address, part: part, path: path["virtualIPs"][index], hosts: hosts,
                        interface: virtualIP.interface, isBalancers: of))
            }
        }
        for (index, cluster) in model.clusters.enumerated() {
            add(
                cluster.virtualIPs, "cluster '\(cluster.name)'", cluster.members.map(\.host),
                ModelPath.root["clusters"][index], false)
        }
        for (index, balancer) in model.balancers.enumerated() {
            add(
                balancer.virtualIPs, "balancer '\(balancer.name)'", balancer.hosts,
                ModelPath.root["balancers"][index], true)
        }
        return carried
    }
}

extension RuleContext {
    /// The host's declared address with its network, whatever the placement.
    func network(ofHost name: String) -> AddressWithPrefix? {
        host(named: name).flatMap { AddressWithPrefix($0.address) }
    }
}

extension AddressWithPrefix {
    /// The network in words: `10.0.0.0/24`.
    var networkText: String { "\(lowest)/\(prefix)" }
}
