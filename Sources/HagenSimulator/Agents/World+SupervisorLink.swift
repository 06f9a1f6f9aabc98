internal import Hagen
internal import HagenEngine

/// How an agent reaches its supervisor: it starts one where none runs, and kills one that does not answer.
extension World {
    private static let patience: VirtualTime = Span.second
    private static let secondLook: VirtualTime = 10 * Span.millisecond

    mutating func order(_ directive: MemberDirective, _ host: Int) {
        guard let life = hosts[host].agent?.life, let lastOrder = hosts[host].agent?.lastOrder else { return }
        hosts[host].agent?.lastOrder += 1
        let number = lastOrder + 1
        var patience = Self.patience
        // Once the permit is over, a frozen supervisor has to be dead before another host may start.
        var isUrgent = false
        if case .kill = directive, hosts[host].agent?.member.permit == nil {
            patience = min(patience, (settings.timing.duration - settings.timing.stop).nanoseconds / 4)
            isUrgent = true
        }
        // One look at a time is enough, but for a kill that cannot wait.
        if isUrgent || hosts[host].agent?.lastAnsweredOrder == lastOrder {
            schedule(
                in: patience,
                .suspectSupervisor(host: host, life: life, order: number, isSecondLook: false))
        }
        // An order that cannot be sent is not lost: the next report tells the machine what is missing.
        guard let supervisor = hosts[host].supervisor else { return }
        let arrival = max(now + socketDelay(), supervisor.ordersArrival)
        hosts[host].supervisor?.ordersArrival = arrival
        queue.push(.order(host: host, life: supervisor.life, number: number, directive), at: arrival)
    }

    /// What one of the two has sent arrives in its order: a stream of bytes lies between them.
    mutating func socketDelay() -> VirtualTime {
        random.hosts.number(20 * Span.microsecond...200 * Span.microsecond)
    }

    mutating func suspectSupervisor(_ host: Int, order: Int, isSecondLook: Bool) {
        guard let answered = hosts[host].agent?.lastAnsweredOrder, answered < order, hosts[host].supervisor != nil,
            let life = hosts[host].agent?.life
        else { return }
        guard isSecondLook else {
            // The agent itself may have been frozen, with the answer waiting for it.
            return schedule(
                in: Self.secondLook,
                .suspectSupervisor(host: host, life: life, order: order, isSecondLook: true))
        }
        note(host, "the agent kills the supervisor, which does not answer")
        loseSupervisor(host)
    }

    /// The supervisor is gone, and the workload's first process with it. A living agent starts another one.
    mutating func loseSupervisor(_ host: Int) {
        hosts[host].supervisor = nil
        if let workload = hosts[host].workload {
            endLater(host, workload.process, in: 0...Span.millisecond, "was ended with its supervisor", isKill: true)
        }
        guard let agent = hosts[host].agent else { return }
        hosts[host].agent?.isSupervisorReplaced = true
        schedule(
            in: random.hosts.number(5...30) * Span.millisecond, .startSupervisor(host: host, life: agent.life))
    }

    mutating func connectSupervisor(_ host: Int) {
        guard let agent = hosts[host].agent else { return }
        if hosts[host].supervisor == nil {
            // The agent takes the address away itself, which takes no time.
            removeAddress(host)
            // What a lost one left has to be dead first, so that "nothing runs" is true.
            guard hosts[host].workload == nil else {
                return schedule(in: 5 * Span.millisecond, .startSupervisor(host: host, life: agent.life))
            }
            var supervisor = SimulatedSupervisor(life: nextProcess(host), startedAt: now)
            supervisor.machine.settleOrdered(agent.member.lastRun)
            hosts[host].supervisor = supervisor
        }
        hosts[host].supervisor?.machine.settleOrdered(agent.member.lastRun)
        reply(host, to: agent.lastOrder)
    }
}
