internal import Hagen

/// Virtual IPs that no active-passive cluster carries with its workload: each is a group of its own, that one host at a
/// time carries by a lease of its own.
extension LoweringContext {
    func addressGroups(on host: Model.Host) -> [FailoverConfiguration.Cluster] {
        guard placement == .declared else { return [] }
        let ofClusters = clusters.filter { $0.kind == .activeActive }.flatMap { cluster -> [AddressGroup] in
            groups(
                cluster.virtualIPs, owner: cluster.name, hosts: cluster.members.filter(\.candidate).map(\.host),
                timing: cluster.leaseTiming, gate: { _ in .member(cluster: cluster.name) })
        }
        let ofBalancers = (balancersByHost[host.name] ?? []).flatMap { balancer -> [AddressGroup] in
            groups(
                balancer.virtualIPs, owner: "balancer.\(balancer.name)", hosts: balancer.hosts,
                timing: Model.Cluster.defaultLeaseTiming,
                gate: { plan.listener(balancer.listen, on: $0).map(FailoverConfiguration.Gate.listener) })
        }
        return (ofClusters + ofBalancers).filter { $0.hosts.contains(host.name) }.map { cluster($0, on: host) }
    }

    func addresses(_ virtualIPs: [Model.VirtualIP]) -> [FailoverConfiguration.VirtualAddress] {
        guard placement == .declared else { return [] }
        return virtualIPs.sorted { $0.address < $1.address }.map(address)
    }

    private struct AddressGroup {
        /// Letters, digits, `-` and what no cluster's name has: `.` and `:`.
        var name: String
        var virtualIP: Model.VirtualIP
        /// The preferred one first.
        var hosts: [String]
        var timing: LeaseTiming?
        var givesBack: Bool
        var gate: (String) -> FailoverConfiguration.Gate?
    }

    /// Each address begins its list of hosts at another one, so that the addresses, and those of a lost host, spread.
    private func groups(
        _ virtualIPs: [Model.VirtualIP], owner: String, hosts: [String], timing: LeaseTiming?,
        gate: @escaping (String) -> FailoverConfiguration.Gate?
    ) -> [AddressGroup] {
        let sorted = hosts.sorted()
        var firsts: [Int: Int] = [:]
        return virtualIPs.sorted { $0.address < $1.address }.enumerated().map { index, virtualIP in
            let first = virtualIP.prefers.flatMap { sorted.firstIndex(of: $0) } ?? index % max(sorted.count, 1)
            var others = Array(sorted[(first + 1)...] + sorted[..<first])
            // Addresses with the same first host have different second ones, as far as there are others.
            if others.count > 1 {
                let turn = firsts[first, default: 0] % others.count
                others = Array(others[turn...] + others[..<turn])
            }
            firsts[first, default: 0] += 1
            return AddressGroup(
                name: Self.groupName(owner, virtualIP.address), virtualIP: virtualIP, hosts: [sorted[first]] + others,
                timing: timing, givesBack: virtualIP.prefers != nil || virtualIPs.count > 1, gate: gate)
        }
    }

    /// `OWNER.ADDRESS`; the end of one that is too long for the name of a socket gives way to a number that tells it from
    /// others.
    private static func groupName(_ owner: String, _ address: String) -> String {
        let name = "\(owner).\(address)"
        guard name.utf8.count > FailoverConfiguration.Cluster.maximumNameByteCount else { return name }
        // FNV-1a, of 32 bits.
        let hash = name.utf8.reduce(UInt32(2_166_136_261)) { ($0 ^ UInt32($1)) &* 16_777_619 }
        let number = String(hash, radix: 16)
        let kept = name.prefix(FailoverConfiguration.Cluster.maximumNameByteCount - number.utf8.count - 1)
        return "\(kept).\(number)"
    }

    private func cluster(_ group: AddressGroup, on host: Model.Host) -> FailoverConfiguration.Cluster {
        var lowered = FailoverConfiguration.Cluster(
            name: group.name, mode: .addresses,
            workload: FailoverConfiguration.Workload(
                kind: .none, standby: .cold, restartLimit: Defaults.restartsWithLease.limit,
                restartWindow: Defaults.restartsWithLease.window, stopTimeout: .zero),
            address: address(of: host.name).description, port: nil,
            members: group.hosts.enumerated().map { index, name in
                FailoverConfiguration.Member(
                    host: name, priority: Defaults.priority - index, candidate: true, zone: zone(of: name))
            }, lease: group.timing)
        lowered.addresses = [address(group.virtualIP)]
        lowered.gate = group.gate(host.name)
        if group.givesBack { lowered.giveBackAfter = DurationText(wrappedValue: Defaults.giveBackAfter) }
        return lowered
    }

    private func address(_ virtualIP: Model.VirtualIP) -> FailoverConfiguration.VirtualAddress {
        let address = required(IPAddress(virtualIP.address), "virtual IP '\(virtualIP.address)'")
        return FailoverConfiguration.VirtualAddress(
            address: address, prefixLength: address.isIPv6 ? 128 : 32, interface: virtualIP.interface)
    }
}
