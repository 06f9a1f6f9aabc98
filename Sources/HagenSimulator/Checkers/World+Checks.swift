internal import Hagen
internal import HagenEngine

/// Where the world is looked at.
extension World {
    /// After the end of a fault everything that could not run has run again for this long.
    static let clearingTime: VirtualTime = 500 * Span.millisecond
    /// A supervisor that can run removes the address in its next turn; an agent first has to find out that its supervisor
    /// does not answer, and to start another one.
    private static let supervisorGrace: VirtualTime = 20 * Span.millisecond
    private static let agentGrace: VirtualTime = 250 * Span.millisecond

    mutating func checkActivation(_ host: Int, epoch: UInt64) {
        checkers.activated(host, epoch: epoch, at: now)
        checkLease(of: host, epoch: epoch)
        checkActing(host)
    }

    mutating func checkLease(of host: Int, epoch: UInt64) {
        guard isActing(host), !isJustResumed(host) else { return }
        checkers.acted(hosts[host].name, epoch: epoch, at: now)
    }

    /// To be called whenever a host may have begun to act.
    mutating func checkActing(_ host: Int) {
        guard isActing(host), !isJustResumed(host) else { return }
        for other in hosts.indices where other != host && isActing(other) && !isJustResumed(other) {
            let who = [host, other].sorted().map {
                "\(hosts[$0].name) in epoch \(hosts[$0].workload?.epoch ?? 0)"
            }
            checkers.found(
                Violation(.singleActive, at: now, "\(who.joined(separator: " and ")) act at once"))
        }
    }

    /// A host that was frozen wakes up with its supervisor, which ends what has no right to run. For the moment in between
    /// only the kernel's gate is a guard, so where a world has none, that moment is known to be open.
    private func isJustResumed(_ host: Int) -> Bool {
        !settings.hasPermitGate && now <= hosts[host].frozenUntil + Self.supervisorGrace
    }

    /// The address is on two hosts only where on one of them nothing of Hagen could have removed it, and for a moment
    /// after that.
    mutating func checkAddresses() {
        let holders = hosts.indices.filter {
            hosts[$0].hasAddress && hosts[$0].isUp(at: now) && !isExcused($0)
        }
        guard holders.count > 1 else { return }
        let names = holders.map { hosts[$0].name }.joined(separator: " and ")
        checkers.found(Violation(.singleAddress, at: now, "\(names) have it"))
    }

    private func isExcused(_ host: Int) -> Bool {
        if isActing(host) { return false }
        let host = hosts[host]
        if let supervisor = host.supervisor {
            let able = max(host.frozenUntil, host.supervisorFrozenUntil, supervisor.startedAt)
            if now > able + Self.supervisorGrace { return false }
        }
        if let agent = host.agent {
            let able = max(host.frozenUntil, host.agentFrozenUntil, agent.startedAt)
            if now > able + Self.agentGrace { return false }
        }
        return true
    }
}
