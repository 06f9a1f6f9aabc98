package import HagenEngine

/// What is true in the world, as nobody in it can know.
extension World {
    /// Whether the workload of this host could answer a client right now as the active one.
    package func isActing(_ host: Int) -> Bool {
        guard let workload = hosts[host].workload, workload.role == .active, hosts[host].isUp(at: now) else {
            return false
        }
        return isGateOpen(host)
    }

    func isGateOpen(_ host: Int) -> Bool { !settings.hasPermitGate || now < hosts[host].gateOpenUntil }

    /// Acting, and ready: clients that reach the host are served.
    package func isServing(_ host: Int) -> Bool {
        isActing(host) && hosts[host].workload?.isOpen == true && (!settings.hasAddress || hosts[host].hasAddress)
    }

    /// The host that serves, with the epoch.
    package var serving: (host: Int, epoch: UInt64)? {
        for host in hosts.indices where isServing(host) { return (host, hosts[host].workload?.epoch ?? 0) }
        return nil
    }

    /// The host that clients reach and are served by.
    package var reachableServing: Int? {
        guard let serving, isReachable(fromClients: serving.host) else { return nil }
        return serving.host
    }

    private func isReachable(fromClients host: Int) -> Bool {
        network.isOpen(from: network.clients, to: host, at: now)
            && network.isOpen(from: host, to: network.clients, at: now)
    }

    /// Why each of the members does not act, for a person.
    package var reasons: String {
        hosts.filter(\.isMember).map { host in
            "\(host.name): \(host.agent.map { $0.member.hold ?? $0.member.reason } ?? "has no agent")"
        }.joined(separator: "; ")
    }

    package func member(of host: Int) -> LeasedMember? { hosts[host].agent?.member }

    package func memory(of host: Int) -> LeaseMemory? { hosts[host].memory }
}
