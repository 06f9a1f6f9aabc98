internal import HagenEngine

/// `hagend supervise` of one host: what it says of its workload, and what it holds the workload to.
struct SimulatedSupervisor: Sendable {
    let life: Int
    let startedAt: VirtualTime
    var report = SupervisorReport(run: 0, state: .idle)
    /// Whoever carries an older one is refused.
    var highestEpoch: UInt64 = 0
    /// Grows with each change of the permit: an earlier timer is void.
    var timer = 0
    var isKilling = false
    /// When the last of its agent's orders, and the last of its own replies, arrives.
    var ordersArrival: VirtualTime = 0
    var repliesArrival: VirtualTime = 0

    init(life: Int, startedAt: VirtualTime) {
        self.life = life
        self.startedAt = startedAt
    }
}
