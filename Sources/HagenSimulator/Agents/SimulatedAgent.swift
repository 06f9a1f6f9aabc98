internal import HagenEngine

/// One life of an agent: the machine that decides, and the little that its shell keeps.
struct SimulatedAgent: Sendable {
    let life: Int
    let startedAt: VirtualTime
    @Apart var member: LeasedMember
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

/// Keeps a large value out of the one that it belongs to, so that a copy of the latter is a copy of a reference. It is a
/// value all the same: it is copied when one of two that share it is changed.
@propertyWrapper struct Apart<Value: Sendable>: Sendable {
    private var storage: [Value]

    init(wrappedValue: Value) { storage = [wrappedValue] }

    var wrappedValue: Value {
        _read { yield storage[0] }
        _modify { yield &storage[0] }
    }
}
