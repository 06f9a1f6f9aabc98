/// The slab that a loop's connections live in. A connection is named by its index and the generation of its slot, which
/// epoll carries as the tag: an event for a connection that is gone names an old generation and is dropped.
struct ConnectionTable {
    let base: ConnectionPointer
    let capacity: Int32
    /// Slots that were ever used.
    private(set) var used: Int32 = 0
    private var free = Connection.noIndex

    /// The kernel gives the memory as slots are first used.
    init(capacity: Int) {
        self.capacity = Int32(clamping: capacity)
        base = .allocate(capacity: Int(self.capacity))
    }

    func deallocate() { base.deallocate() }

    @inline(__always) subscript(index: Int32) -> ConnectionPointer { base + Int(index) }
    @inline(__always) func index(of connection: ConnectionPointer) -> Int32 {
        Int32(truncatingIfNeeded: connection - base)
    }
    @inline(__always) func tag(of connection: ConnectionPointer) -> UInt64 {
        UInt64(connection.pointee.generation) << 32 | UInt64(UInt32(bitPattern: index(of: connection)))
    }

    /// The connection that a tag names; `nil` when it is gone.
    @inline(__always) func connection(tagged tag: UInt64) -> ConnectionPointer? {
        let connection = base + Int(UInt32(truncatingIfNeeded: tag))
        guard connection.pointee.generation == UInt32(truncatingIfNeeded: tag >> 32),
            connection.pointee.kind != .free
        else { return nil }
        return connection
    }

    /// A fresh slot; `nil` when the table is full.
    mutating func take(_ descriptor: Int32, _ kind: Connection.Kind) -> ConnectionPointer? {
        let slot: ConnectionPointer
        var generation: UInt32 = 0
        if free != Connection.noIndex {
            slot = self[free]
            free = slot.pointee.next
            generation = slot.pointee.generation
        } else {
            guard used < capacity else { return nil }
            slot = self[used]
            used += 1
        }
        slot.initialize(to: Connection())
        slot.pointee.generation = generation
        slot.pointee.descriptor = descriptor
        slot.pointee.kind = kind
        return slot
    }

    mutating func giveBack(_ connection: ConnectionPointer) {
        precondition(connection.pointee.kind != .free, "slot \(index(of: connection)) was given back twice")
        connection.pointee.kind = .free
        // The highest generation names the loop's own descriptors.
        connection.pointee.generation = (connection.pointee.generation &+ 1) % UInt32.max
        connection.pointee.next = free
        free = index(of: connection)
    }
}
