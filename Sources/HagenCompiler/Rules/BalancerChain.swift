internal import Hagen

/// A balancer whose members are another one: an external endpoint of the first is an address of the second.
struct BalancerChain {
    /// Places in the model's list of balancers.
    var front, behind: Int
    /// The endpoint that leads from one to the other.
    var endpoint: ModelPath

    /// Each pair once, in the order of the model.
    static func all(_ context: RuleContext) -> [BalancerChain] {
        let model = context.model
        var listeners: [SocketAddress: Int] = [:]
        for (index, balancer) in model.balancers.enumerated() {
            guard let (written, port) = balancer.listen.parsed else { continue }
            let hosts = balancer.hosts.compactMap { context.host(named: $0) }
                .compactMap { AddressWithPrefix($0.address)?.address }
            let own = written.flatMap { $0.isUnspecified ? nil : [$0] } ?? hosts
            for address in own + balancer.virtualIPs.compactMap({ IPAddress($0.address) }) {
                let listener = SocketAddress(address, port: port)
                if listeners[listener] == nil { listeners[listener] = index }
            }
        }
        var chains: [BalancerChain] = []
        for (index, balancer) in model.balancers.enumerated() {
            guard let cluster = context.cluster(named: balancer.target.cluster),
                let path = context.path(ofCluster: cluster.name), case .external(let endpoints) = cluster.workload
            else { continue }
            var behind: Set<Int> = []
            for (place, endpoint) in endpoints.enumerated() {
                guard let found = SocketAddress(endpoint).flatMap({ listeners[$0] }), found != index,
                    behind.insert(found).inserted
                else { continue }
                chains.append(
                    BalancerChain(front: index, behind: found, endpoint: path["workload"]["endpoints"][place]))
            }
        }
        return chains
    }
}
