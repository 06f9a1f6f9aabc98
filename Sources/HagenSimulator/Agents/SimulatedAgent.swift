internal import HagenEngine

/// One life of an agent: the machine that decides, and the little that its shell keeps.
struct SimulatedAgent: Sendable {
    let life: Int
    let startedAt: VirtualTime
    var member: LeasedMember
    /// The next moment at which the machine wants to be told the time.
    var wakeAt: VirtualTime?

    /// The member of the store that is asked first.
    var endpoint: Int
    var lastRequest = 0
    var openRequests: [Int] = []

    var lastOrder = 0
    var lastAnsweredOrder = 0
    var isStopping = false
    /// What its watch of the operators' orders was sent last, and when that arrives.
    var lastOrders = Orders()
    var ordersArrival: VirtualTime = 0
    /// Its supervisor was lost: the next word comes from a new one.
    var isSupervisorReplaced = false
    /// Writes to the disk end in their order.
    var memoryWrittenAt: VirtualTime = 0
}
