internal import HagenEngine

/// What operators have ordered, as the store has it.
struct OperatorOrders: Sendable {
    var pausedUntil: VirtualTime = 0
    /// By host.
    var drainedUntil: [Int: VirtualTime] = [:]
    var switchover: Orders.Switchover?
}

/// How an order reaches the agents: by their watch of the store.
extension World {
    mutating func begin(order kind: Fault.Kind, _ host: Int, until: VirtualTime) {
        switch kind {
        case .paused: orders.pausedUntil = max(orders.pausedUntil, until)
        case .drained: orders.drainedUntil[host] = max(orders.drainedUntil[host] ?? 0, until)
        default:
            let id = (orders.switchover?.id ?? 0) + 1
            orders.switchover = Orders.Switchover(id: id, epoch: store.value.record?.epoch ?? 0)
        }
        tellOrdersToAll()
    }

    mutating func endOrders() { tellOrdersToAll() }

    private mutating func tellOrdersToAll() {
        for host in hosts.indices {
            guard let agent = hosts[host].agent else { continue }
            tellOrders(host, life: agent.life)
        }
    }

    /// One that cannot be reached reads them when it can.
    mutating func tellOrders(_ host: Int, life: Int) {
        guard let agent = hosts[host].agent, agent.life == life else { return }
        let isReached = store.leader.map { hasMajority($0) } ?? false
        guard isReached, now >= hosts[host].storeCutUntil, let leader = store.leader,
            let delay = connectionDelay(from: store.members[leader], to: host)
        else { return schedule(in: 200 * Span.millisecond, .tellOrders(host: host, life: life)) }
        let current = Orders(
            isPaused: now < orders.pausedUntil, isDrained: now < orders.drainedUntil[host] ?? 0,
            switchover: orders.switchover)
        guard current != agent.lastOrders else { return }
        hosts[host].agent?.lastOrders = current
        // Changes of one watch arrive in their order.
        let arrival = max(now + delay, agent.ordersArrival)
        hosts[host].agent?.ordersArrival = arrival
        queue.push(.deliver(host: host, life: life, .orders(current)), at: arrival)
    }
}
