import HagenEngine
import Testing

/// Who may be sent traffic by what is seen of a lease (SAFETY 14).
struct LeaseFollowingMachineTests {
    private let start = ContinuousClock.now
    private func at(_ milliseconds: Int) -> ContinuousClock.Instant { start + .milliseconds(milliseconds) }

    private func sighting(
        _ holder: String, epoch: UInt64, revision: Int64, duration: Duration = .seconds(1), released: Bool = false
    ) -> LeaseFollowingMachine.Sighting {
        .init(
            record: LeaseRecord(
                holder: holder, epoch: epoch, nonce: UInt64(revision), duration: duration, released: released),
            revision: revision)
    }

    @Test("A record that was only read proves nothing; its first change does, for the lease's duration")
    func firstChange() {
        var machine = LeaseFollowingMachine(duration: .seconds(1))
        #expect(machine.recordRead(nil, at: at(0)) == .followNobody(.absent))
        var fresh = LeaseFollowingMachine(duration: .seconds(1))
        #expect(
            fresh.recordRead(sighting("a", epoch: 1, revision: 5), at: at(0)) == .followNobody(.unproved(holder: "a")))
        #expect(
            fresh.changeDelivered(sighting("a", epoch: 1, revision: 6), at: at(200))
                == .follow(holder: "a", epoch: 1, until: at(1200)))
    }

    @Test("The longer of the two durations counts")
    func longerDuration() {
        var machine = LeaseFollowingMachine(duration: .seconds(1))
        #expect(
            machine.changeDelivered(sighting("a", epoch: 1, revision: 1, duration: .seconds(3)), at: at(0))
                == .follow(holder: "a", epoch: 1, until: at(3000)))
        #expect(
            machine.changeDelivered(sighting("a", epoch: 1, revision: 2, duration: .milliseconds(100)), at: at(50))
                == .follow(holder: "a", epoch: 1, until: at(1050)))
    }

    @Test("A change found by reading counts from the last moment at which it had not happened")
    func changeFoundByReading() {
        var machine = LeaseFollowingMachine(duration: .seconds(1))
        _ = machine.changeDelivered(sighting("a", epoch: 1, revision: 1), at: at(0))
        #expect(
            machine.recordRead(sighting("a", epoch: 1, revision: 2), at: at(400))
                == .follow(holder: "a", epoch: 1, until: at(1000)))
        // Nothing was seen for longer than the lease: the change may be as old as that.
        #expect(
            machine.recordRead(sighting("a", epoch: 1, revision: 9), at: at(2000))
                == .followNobody(.unproved(holder: "a")))
    }

    @Test("A record that reading finds unchanged proves no life, however often it is read")
    func unchanged() {
        var machine = LeaseFollowingMachine(duration: .seconds(1))
        let first = machine.changeDelivered(sighting("a", epoch: 1, revision: 1), at: at(0))
        for time in stride(from: 100, through: 3000, by: 100) {
            #expect(machine.recordRead(sighting("a", epoch: 1, revision: 1), at: at(time)) == first)
        }
    }

    @Test("A released lease has no active member, a removed one neither")
    func released() {
        var machine = LeaseFollowingMachine(duration: .seconds(1))
        _ = machine.changeDelivered(sighting("a", epoch: 1, revision: 1), at: at(0))
        #expect(machine.holder == "a")
        #expect(
            machine.changeDelivered(sighting("a", epoch: 1, revision: 2, released: true), at: at(10))
                == .followNobody(.released))
        #expect(machine.holder == nil)
        #expect(
            machine.changeDelivered(sighting("b", epoch: 2, revision: 3), at: at(20))
                == .follow(holder: "b", epoch: 2, until: at(1020)))
        #expect(machine.changeDelivered(nil, at: at(30)) == .followNobody(.absent))
    }

    @Test("An older epoch is refused, whatever its revision, and also from another store")
    func olderEpoch() {
        var machine = LeaseFollowingMachine(duration: .seconds(1))
        _ = machine.changeDelivered(sighting("b", epoch: 7, revision: 10), at: at(0))
        #expect(
            machine.changeDelivered(sighting("a", epoch: 6, revision: 11), at: at(10))
                == .refuse(epoch: 6, highest: 7))
        #expect(machine.storeReplaced() == .followNobody(.absent))
        #expect(
            machine.changeDelivered(sighting("a", epoch: 1, revision: 1), at: at(20)) == .refuse(epoch: 1, highest: 7))
        #expect(
            machine.changeDelivered(sighting("a", epoch: 8, revision: 2), at: at(30))
                == .follow(holder: "a", epoch: 8, until: at(1030)))
    }

    @Test("News that arrive late change nothing")
    func lateNews() {
        var machine = LeaseFollowingMachine(duration: .seconds(1))
        let newest = machine.changeDelivered(sighting("b", epoch: 2, revision: 5), at: at(0))
        #expect(machine.changeDelivered(sighting("a", epoch: 1, revision: 4), at: at(10)) == newest)
        #expect(machine.recordRead(sighting("a", epoch: 1, revision: 3), at: at(20)) == newest)
    }

    @Test("After another store took over, its first record is a beginning, not a change")
    func storeReplaced() {
        var machine = LeaseFollowingMachine(duration: .seconds(1))
        _ = machine.changeDelivered(sighting("a", epoch: 3, revision: 50), at: at(0))
        _ = machine.storeReplaced()
        #expect(
            machine.recordRead(sighting("a", epoch: 3, revision: 2), at: at(100))
                == .followNobody(.unproved(holder: "a")))
        #expect(
            machine.changeDelivered(sighting("a", epoch: 3, revision: 3), at: at(200))
                == .follow(holder: "a", epoch: 3, until: at(1200)))
    }
}
