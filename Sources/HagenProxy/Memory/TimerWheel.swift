/// A connection's place in the timer wheel.
struct TimerLink {
    /// Nanoseconds of CLOCK_BOOTTIME; `.max`: no deadline.
    var deadline: Int64 = .max
    /// The tick of the slot that the connection is linked into.
    var tick: Int64 = 0
    var previous: Int32 = Connection.noIndex
    var next: Int32 = Connection.noIndex
    var isLinked = false
}

/// One deadline a connection, in a hashed wheel (Varghese and Lauck 1987) with ticks of 8.4 ms.
///
/// A deadline that moves later, which is what traffic does to it all the time, is one store: the connection stays in its
/// slot and is put into the right one when its old slot comes round. Nothing expires early; lateness is a tick or two.
struct TimerWheel {
    private static let shift: Int64 = 23
    private static let slotCount = 1024
    private static let mask = Int64(slotCount - 1)

    private let slots: UnsafeMutablePointer<Int32>
    /// One bit a slot: something is linked there.
    private let occupied: UnsafeMutablePointer<UInt64>
    /// Slots up to this tick were looked through.
    private var reached: Int64

    init(now: Int64) {
        slots = .allocate(capacity: Self.slotCount)
        slots.initialize(repeating: Connection.noIndex, count: Self.slotCount)
        occupied = .allocate(capacity: Self.slotCount / 64)
        occupied.initialize(repeating: 0, count: Self.slotCount / 64)
        reached = now >> Self.shift
    }

    func deallocate() {
        slots.deallocate()
        occupied.deallocate()
    }

    /// Sets the connection's deadline.
    @inline(__always) mutating func arm(_ connection: ConnectionPointer, at deadline: Int64, in table: ConnectionTable)
    {
        connection.pointee.timer.deadline = deadline
        if connection.pointee.timer.isLinked {
            if connection.pointee.timer.tick <= Self.tick(of: deadline) { return }
            unlink(connection, in: table)
        }
        link(connection, in: table)
    }

    /// The slot is left when it comes round.
    @inline(__always) func disarm(_ connection: ConnectionPointer) { connection.pointee.timer.deadline = .max }

    mutating func unlink(_ connection: ConnectionPointer, in table: ConnectionTable) {
        let timer = connection.pointee.timer
        guard timer.isLinked else { return }
        if timer.next != Connection.noIndex { table[timer.next].pointee.timer.previous = timer.previous }
        if timer.previous != Connection.noIndex {
            table[timer.previous].pointee.timer.next = timer.next
        } else {
            let slot = Int(timer.tick & Self.mask)
            slots[slot] = timer.next
            if timer.next == Connection.noIndex { occupied[slot / 64] &= ~(1 << UInt64(slot % 64)) }
        }
        connection.pointee.timer.isLinked = false
    }

    /// The tick at whose end the deadline has surely passed.
    @inline(__always) private static func tick(of deadline: Int64) -> Int64 { deadline >> shift }

    private mutating func link(_ connection: ConnectionPointer, in table: ConnectionTable) {
        let tick = max(Self.tick(of: connection.pointee.timer.deadline), reached)
        let slot = Int(tick & Self.mask)
        let head = slots[slot]
        connection.pointee.timer.tick = tick
        connection.pointee.timer.previous = Connection.noIndex
        connection.pointee.timer.next = head
        connection.pointee.timer.isLinked = true
        if head != Connection.noIndex { table[head].pointee.timer.previous = table.index(of: connection) }
        slots[slot] = table.index(of: connection)
        occupied[slot / 64] |= 1 << UInt64(slot % 64)
    }

    /// Takes one connection whose deadline has passed out of the wheel; `nil` when there is none left.
    mutating func nextExpired(now: Int64, in table: ConnectionTable) -> ConnectionPointer? {
        let current = now >> Self.shift
        // After a long sleep every slot is looked through once, not once for each tick that was missed.
        reached = max(reached, current - Int64(Self.slotCount))
        while reached < current {
            var index = slots[Int(reached & Self.mask)]
            while index != Connection.noIndex {
                let connection = table[index]
                index = connection.pointee.timer.next
                let deadline = connection.pointee.timer.deadline
                if deadline <= now {
                    unlink(connection, in: table)
                    return connection
                }
                if deadline == .max {
                    unlink(connection, in: table)
                } else if Self.tick(of: deadline) & Self.mask != reached & Self.mask {
                    unlink(connection, in: table)
                    link(connection, in: table)
                }
            }
            reached += 1
        }
        return nil
    }

    /// When the next occupied slot comes round, at the latest; `nil` when the wheel is empty.
    func nextWake() -> Int64? {
        let start = Int(reached & Self.mask)
        var word = start / 64
        var bits = occupied[word] & (~0 << UInt64(start % 64))
        for step in 0...(Self.slotCount / 64) {
            if bits != 0 {
                let slot = word * 64 + bits.trailingZeroBitCount
                let distance = (slot - start + Self.slotCount) & (Self.slotCount - 1)
                // In the last step the first word is looked at again, for the slots before the start.
                return (reached + Int64(distance) + 1) << Self.shift
            }
            word = (word + 1) % (Self.slotCount / 64)
            bits = occupied[word]
            if step == Self.slotCount / 64 - 1 { bits &= ~(~0 << UInt64(start % 64)) }
        }
        return nil
    }
}
