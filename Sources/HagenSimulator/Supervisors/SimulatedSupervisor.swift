internal import HagenEngine

/// `hagend supervise` of one host: the machine that decides, and the little that its shell keeps.
struct SimulatedSupervisor: Sendable {
    let life: Int
    let startedAt: VirtualTime
    var machine = SupervisorMachine()
    /// Grows with each change of what the machine waits for: an earlier timer is void.
    var timer = 0
    /// When the last of its agent's orders, and the last of its own replies, arrives.
    var ordersArrival: VirtualTime = 0
    var repliesArrival: VirtualTime = 0
    /// How much time the planted bug has lost: its clock stands still while it is frozen.
    var lostTime: VirtualTime = 0

    var report: SupervisorReport { machine.report }

    init(life: Int, startedAt: VirtualTime) {
        self.life = life
        self.startedAt = startedAt
    }
}
