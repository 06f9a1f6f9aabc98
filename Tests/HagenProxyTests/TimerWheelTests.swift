import Testing

@testable import HagenProxy

/// The timer wheel in virtual time.
struct TimerWheelTests {
    /// Two ticks and a round of the loop.
    private static let mostLate: Int64 = 3 << 23

    @Test("Whatever deadlines are set, moved and taken back: none ends early, none much late, none twice, none is lost")
    func random() {
        let count: Int32 = 200
        var table = ConnectionTable(capacity: Int(count))
        defer { table.deallocate() }
        var now: Int64 = 123_456_789_012
        var wheel = TimerWheel(now: now)
        defer { wheel.deallocate() }
        var deadlines = [Int64](repeating: .max, count: Int(count))
        for _ in 0..<count { _ = table.take(-1, .client) }
        #expect(table.used == count)
        var generator = SystemRandomNumberGenerator()
        var expired = 0
        for _ in 0..<20_000 {
            let index = Int.random(in: 0..<Int(count), using: &generator)
            let connection = table[Int32(index)]
            switch Int.random(in: 0..<10, using: &generator) {
            case 0:
                wheel.disarm(connection)
                deadlines[index] = .max
            case 1:
                wheel.unlink(connection, in: table)
                deadlines[index] = .max
            default:
                // From a millisecond to more than a revolution of the wheel.
                let delay = Int64(1_000_000) << Int64.random(in: 0...14, using: &generator)
                deadlines[index] = now + delay
                wheel.arm(connection, at: deadlines[index], in: table)
            }
            // As the loop does: it sleeps until the wheel says, or something happens before.
            let next = deadlines.min() ?? .max
            if next < .max {
                let wake = wheel.nextWake() ?? .max
                if wake > next + Self.mostLate { Issue.record("sleeps \(wake - next) ns beyond a deadline") }
                now = max(now, min(wake, now + Int64.random(in: 0...30_000_000, using: &generator)))
            }
            while let connection = wheel.nextExpired(now: now, in: table) {
                let index = Int(table.index(of: connection))
                if deadlines[index] > now { Issue.record("early by \(deadlines[index] - now) ns") }
                if now - deadlines[index] > Self.mostLate + 30_000_000 {
                    Issue.record("late by \(now - deadlines[index]) ns")
                }
                deadlines[index] = .max
                connection.pointee.timer.deadline = .max
                expired += 1
            }
        }
        // After a long sleep all that is left comes at once.
        let left = deadlines.filter { $0 < .max }.count
        now += 1_000_000_000_000
        var last = 0
        while wheel.nextExpired(now: now, in: table) != nil { last += 1 }
        #expect(last == left)
        #expect(expired > 1000)
        #expect(wheel.nextWake() == nil)
    }
}

/// The slab of connections.
struct ConnectionTableTests {
    @Test("A tag names one life of a slot, and a full table says so")
    func generations() throws {
        var table = ConnectionTable(capacity: 2)
        defer { table.deallocate() }
        let taken = table.take(3, .client)
        let first = try #require(taken)
        let tag = table.tag(of: first)
        #expect(table.connection(tagged: tag) == first)
        let other = table.take(4, .backend)
        let beyond = table.take(5, .client)
        #expect(other != nil && beyond == nil)
        table.giveBack(first)
        #expect(table.connection(tagged: tag) == nil)
        let again = table.take(6, .client)
        let second = try #require(again)
        #expect(second == first && second.pointee.descriptor == 6)
        #expect(table.connection(tagged: tag) == nil)
        #expect(table.connection(tagged: table.tag(of: second)) == second)
    }
}
