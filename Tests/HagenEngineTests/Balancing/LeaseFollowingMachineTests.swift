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

    // MARK: The holder's own word

    private func following(
        _ holder: String, epoch: UInt64, until: Int, by source: LeaseFollowingMachine.Following.Source
    ) -> LeaseFollowingMachine.Following {
        .init(holder: holder, epoch: epoch, until: at(until), source: source)
    }

    @Test("Without news from the store the holder's word counts, until its permit ends")
    func word() {
        var machine = LeaseFollowingMachine(duration: .seconds(1))
        _ = machine.changeDelivered(sighting("a", epoch: 1, revision: 1), at: at(0))
        #expect(machine.following(at: at(500)) == following("a", epoch: 1, until: 1000, by: .lease))
        #expect(machine.holderSpoke("a", epoch: 1, until: at(1600)) == true)
        #expect(machine.following(at: at(900)) == following("a", epoch: 1, until: 1600, by: .lease))
        #expect(machine.following(at: at(1000)) == following("a", epoch: 1, until: 1600, by: .holder))
        // An answer that was overtaken takes nothing back.
        #expect(machine.holderSpoke("a", epoch: 1, until: at(1100)) == true)
        #expect(machine.following(at: at(1599)) == following("a", epoch: 1, until: 1600, by: .holder))
        #expect(machine.following(at: at(1600)) == nil)
    }

    @Test("A balancer that never saw the store follows the word, and an older epoch's word no more")
    func wordAlone() {
        var machine = LeaseFollowingMachine(duration: .seconds(1))
        #expect(machine.holderSpoke("a", epoch: 4, until: at(800)) == true)
        #expect(machine.following(at: at(0)) == following("a", epoch: 4, until: 800, by: .holder))
        #expect(machine.holder == "a")
        #expect(machine.holderSpoke("b", epoch: 3, until: at(900)) == false)
        #expect(machine.holderSpoke("b", epoch: 4, until: at(900)) == false, "one epoch has one holder")
        #expect(machine.holderSpoke("b", epoch: 5, until: at(900)) == true)
        #expect(machine.following(at: at(0)) == following("b", epoch: 5, until: 900, by: .holder))
    }

    @Test("A newer epoch in the store ends the word, and one that comes late is refused")
    func newerInStore() {
        var machine = LeaseFollowingMachine(duration: .seconds(1))
        _ = machine.changeDelivered(sighting("a", epoch: 1, revision: 1), at: at(0))
        #expect(machine.holderSpoke("a", epoch: 1, until: at(5000)) == true)
        _ = machine.changeDelivered(sighting("b", epoch: 2, revision: 2), at: at(100))
        #expect(machine.following(at: at(200)) == following("b", epoch: 2, until: 1100, by: .lease))
        #expect(machine.holderSpoke("a", epoch: 1, until: at(6000)) == false)
        #expect(machine.following(at: at(1100)) == nil)
    }

    @Test("A newer record that only was read proves nothing, and ends the older word all the same")
    func newerRead() {
        var machine = LeaseFollowingMachine(duration: .seconds(1))
        #expect(machine.holderSpoke("a", epoch: 1, until: at(5000)) == true)
        _ = machine.recordRead(sighting("b", epoch: 2, revision: 9), at: at(0))
        #expect(machine.following(at: at(1)) == nil)
        #expect(machine.holderSpoke("c", epoch: 2, until: at(800)) == false, "the record names another holder")
        #expect(machine.holderSpoke("b", epoch: 2, until: at(800)) == true)
        #expect(machine.following(at: at(1)) == following("b", epoch: 2, until: 800, by: .holder))
    }

    @Test("A word of a newer epoch ends what the store said before")
    func newerWord() {
        var machine = LeaseFollowingMachine(duration: .seconds(1))
        _ = machine.changeDelivered(sighting("a", epoch: 1, revision: 1), at: at(0))
        #expect(machine.holderSpoke("b", epoch: 2, until: at(600)) == true)
        #expect(machine.following(at: at(10)) == following("b", epoch: 2, until: 600, by: .holder))
        #expect(machine.holder == "b")
        // The old one's renewals that were under way are no news.
        _ = machine.changeDelivered(sighting("a", epoch: 1, revision: 2), at: at(20))
        #expect(machine.following(at: at(30)) == following("b", epoch: 2, until: 600, by: .holder))
        #expect(machine.following(at: at(600)) == nil, "the older epoch does not come back")
    }

    @Test("After a release nobody's word of that epoch counts; of the next it does")
    func releasedWord() {
        var machine = LeaseFollowingMachine(duration: .seconds(1))
        #expect(machine.holderSpoke("a", epoch: 1, until: at(5000)) == true)
        _ = machine.changeDelivered(sighting("a", epoch: 1, revision: 2, released: true), at: at(10))
        #expect(machine.following(at: at(20)) == nil)
        #expect(machine.holderSpoke("a", epoch: 1, until: at(5000)) == false)
        #expect(machine.holder == nil)
        #expect(machine.holderSpoke("b", epoch: 2, until: at(800)) == true)
        #expect(machine.following(at: at(20)) == following("b", epoch: 2, until: 800, by: .holder))
    }

    @Test("A store that lost its past, or is another one, does not end the word of a holder that goes on by promises")
    func storeWentBack() {
        var machine = LeaseFollowingMachine(duration: .seconds(1))
        _ = machine.changeDelivered(sighting("a", epoch: 7, revision: 10), at: at(0))
        #expect(machine.holderSpoke("a", epoch: 7, until: at(5000)) == true)
        _ = machine.changeDelivered(nil, at: at(10))
        #expect(machine.following(at: at(20)) == following("a", epoch: 7, until: 5000, by: .holder))
        _ = machine.storeReplaced()
        #expect(machine.recordRead(sighting("b", epoch: 2, revision: 3), at: at(30)) == .refuse(epoch: 2, highest: 7))
        #expect(machine.following(at: at(40)) == following("a", epoch: 7, until: 5000, by: .holder))
    }
}

/// From when a permit counts that an agent's answer names.
struct HolderQuestionsTests {
    private let start = ContinuousClock.now

    @Test("An answer counts from the send of its question, and one to no question counts for nothing")
    func sends() {
        var questions = HolderQuestions()
        #expect(questions.sent(of: 1) == nil)
        questions.asked(round: 1, at: start)
        questions.asked(round: 2, at: start + .milliseconds(100))
        #expect(questions.sent(of: 1) == start)
        #expect(questions.sent(of: 2) == start + .milliseconds(100))
        #expect(questions.sent(of: 3) == nil)
    }

    @Test("Old questions are forgotten, so that an answer that was kept for long is none")
    func bound() {
        var questions = HolderQuestions()
        for round in 0...UInt64(HolderQuestions.maximumCount) {
            questions.asked(round: round, at: start + .milliseconds(Int(round)))
        }
        #expect(questions.sent(of: 0) == nil)
        #expect(questions.sent(of: 1) == start + .milliseconds(1))
    }
}
