import Foundation
import Testing

extension BuiltCommands {
    /// Failures of the real thing: three hosts, real etcd, a client that opens a new connection every 10 ms. After each, no
    /// two members were active at once, by what they and what the client saw, and clients waited no longer than a bound.
    @Suite(
        .serialized, .timeLimit(.minutes(5)),
        .enabled(
            if: FailoverLaboratory.hindrance == nil,
            "the failures of real hosts are NOT tested here: \(FailoverLaboratory.hindrance ?? "")"))
    struct FailoverTests {
        /// What clients may wait for another host, in seconds. The lease's time and what a take-over takes is 1.3 s; the rest is
        /// for a machine that builds something else meanwhile.
        private static let takeoverBound = 2.0
        /// By default, in seconds.
        private static let lease = 1.0
        /// In it a client knows where the virtual IP is: it is announced once a second; the rest is for a busy machine.
        private static let announced = 2.0
        /// What they may wait where nothing fails over: a server in Python is late at times.
        private static let undisturbed = 0.3

        /// All tests use one laboratory, which ends with this process.
        private actor Shared {
            static let only = Shared()
            private var laboratory: FailoverLaboratory?

            func get() throws -> FailoverLaboratory {
                if let laboratory { return laboratory }
                let made = try FailoverLaboratory()
                laboratory = made
                return made
            }
        }

        private let laboratory: FailoverLaboratory
        private let active: String
        private let standby: String
        private let epoch: UInt64

        init() async throws {
            laboratory = try await Shared.only.get()
            try await laboratory.ask("repair")
            let settled = try await laboratory.ask("settle")
            active = try #require(settled.active)
            standby = try #require(settled.standby)
            epoch = try #require(settled.epoch)
        }

        // MARK: - Something is lost

        /// Another member takes over when a host loses power, wherever the leader of the store is, and the lost one comes back as a
        /// standby.
        @Test(arguments: ["host", "host-leader"]) func lostHost(fault: String) async throws {
            let settled = try await laboratory.ask("settle", fault)
            let active = try #require(settled.active)
            try await laboratory.ask("observe")
            try await laboratory.ask("lose", active)
            try await laboratory.ask("await_service", "20", active)
            try await check(within: Self.takeoverBound, movedFrom: active)
        }

        /// The store's leader is lost with a standby's host: the active member is not deposed, and no client notices.
        @Test func lostHostOfStandbyAndStoreLeader() async throws {
            let settled = try await laboratory.ask("settle", "standby-leader")
            let standby = try #require(settled.standby)
            try await laboratory.ask("observe")
            try await laboratory.ask("lose", standby)
            try await goOn(for: .seconds(3))
            try await checkUndisturbed()
        }

        /// A hot standby takes over at once from a workload that was killed: the lease need not run out.
        @Test func killedWorkload() async throws {
            try await laboratory.ask("observe")
            try await laboratory.ask("kill", active, "server")
            try await laboratory.ask("await_service", "10", active)
            try await check(within: 0.6, movedFrom: active)
        }

        /// An agent that was killed and started again finds its workload, which nobody touched.
        @Test func killedAgent() async throws {
            try await restartsUnnoticed {
                try await laboratory.ask("kill", active, "agent")
                try await laboratory.ask("start", active, "agent")
            }
        }

        /// An agent that is killed and stays dead: its supervisor kills the workload before another member may act.
        @Test func killedAgentThatStaysDead() async throws {
            try await laboratory.ask("observe")
            try await laboratory.ask("kill", active, "agent")
            try await laboratory.ask("mark")
            let left = try await laboratory.ask("processes", active, "server").processes
            #expect(left?.count == 1, "the workload goes on without its agent at first")
            try await laboratory.ask("await_service", "20", active)
            let lives = try await laboratory.ask("lives", active)
            try #expect(#require(lives.ended) < Self.lease, "it had to end with its permit")
            try #expect(#require(lives.begun) > #require(lives.ended))
            #expect(try await laboratory.ask("processes", active, "server").processes == [])
            #expect(try await laboratory.ask("processes", active, "agent").processes == [], "nobody started it again")
            #expect(try await laboratory.ask("holders").hosts?.contains(active) == false)
            try await check(within: Self.takeoverBound, movedFrom: active)
        }

        /// Another file in the program's place, and the agent started from it: no failover.
        @Test func agentUpgradedInPlace() async throws {
            try await restartsUnnoticed { try await laboratory.ask("upgrade", active) }
        }

        /// An agent that was frozen past its lease has lost it: when it is resumed it neither acts nor takes it back.
        @Test func frozenAgent() async throws {
            try await laboratory.ask("observe")
            try await laboratory.ask("freeze", active, "agent")
            try await laboratory.ask("await_service", "20", active)
            let taken = try await laboratory.ask("report")
            try await laboratory.ask("resume", active, "agent")
            try await goOn(for: .seconds(3))
            #expect(try await laboratory.ask("status", active).role == "standby")
            let report = try await check(within: Self.takeoverBound, movedFrom: active)
            #expect(report.epoch == taken.epoch, "the resumed one has written an epoch of its own")
        }

        // MARK: - Something is cut

        /// Cut off from the store alone, the active member goes on, because every other member promises to wait.
        @Test func cutOffFromStore() async throws {
            try await laboratory.ask("observe")
            try await laboratory.ask("isolate", active, "store")
            try await goOn(for: .seconds(4))
            #expect(try await laboratory.ask("status", active).isOnPromises == true, "the cut was not there")
            try await laboratory.ask("heal")
            try await goOn(for: .seconds(2))
            #expect(try await laboratory.ask("status", active).isOnPromises == false)
            try await checkUndisturbed()
        }

        /// Cut off from the other members alone, the active member renews its lease.
        @Test func cutOffFromMembers() async throws {
            try await laboratory.ask("observe")
            try await laboratory.ask("isolate", active, "members")
            try await goOn(for: .seconds(4))
            let suspicions = try #require(await laboratory.ask("status", active).suspicions)
            #expect(suspicions.count == 2 && suspicions.allSatisfy { $0.value > 8 }, "\(suspicions): there was no cut")
            try await laboratory.ask("heal")
            try await checkUndisturbed()
        }

        /// What the active member sends is lost, and not what it is sent: one member is active all the same.
        @Test func asymmetricCut() async throws {
            try await laboratory.ask("observe")
            for other in ["h1", "h2", "h3"] where other != active { try await laboratory.ask("one_way", active, other) }
            try await laboratory.ask("await_service", "20", active)
            try await laboratory.ask("heal")
            try await goOn(for: .seconds(3))
            try await check(within: Self.takeoverBound, movedFrom: active)
        }

        /// A host that nobody hears gives up its address before another takes it, and once it is heard again no client is sent
        /// to it.
        @Test(arguments: ["hole", "split"]) func partitionThatHeals(fault: String) async throws {
            try await laboratory.ask("observe")
            try await laboratory.ask(fault, active)
            try await laboratory.ask("await_service", "20", active)
            let cut = try await laboratory.ask("report")
            try #expect(#require(cut.outage) < Self.takeoverBound)
            try await laboratory.ask("mark")
            try await laboratory.ask("heal")
            try await goOn(for: .seconds(4))
            let healed = try await check(within: Self.undisturbed, movedFrom: active)
            #expect(healed.hosts?.count == 1, "clients went to \(healed.hosts ?? []) after healing")
            #expect(try await laboratory.ask("holders").hosts?.count == 1, "the virtual IP is on one host")
        }

        /// A partition with a client on the old holder's side, where the agent and its supervisor hang besides: nobody takes the
        /// virtual IP off in time, and at the end of the partition both sides have it. The kernel has made the old holder silent
        /// by then, and takes the address off by itself; the new one's announcements reach the client at once.
        @Test func partitionThatHealsWithTheAddressOnBothSides() async throws {
            try await laboratory.ask("observe")
            try await laboratory.ask("watch")
            try await laboratory.ask("freeze_extended", active)
            try await laboratory.ask("split", active, "client")
            let holders = try #require(await laboratory.ask("await_holders", "5", "2").hosts)
            #expect(holders.contains(active), "\(holders) have the virtual IP")
            let cut = try await laboratory.ask("report")
            #expect(cut.hosts == [active], "the client was on the other side: \(cut.hosts ?? [])")
            try #expect(
                #require(cut.last) < Self.lease, "the old holder served clients when another one could act")
            #expect(try await laboratory.ask("holders").hosts?.count == 2)

            try await laboratory.ask("mark")
            try await laboratory.ask("heal")
            try await laboratory.ask("await_service", "20", active)
            let healed = try await laboratory.ask("report")
            print("a client waited for \(Int((healed.served ?? -1) * 1000)) ms after the partition")
            // Without an announcement it would believe its cache for a quarter of a minute and more.
            try #expect(#require(healed.served) < Self.announced)
            #expect(healed.hosts?.contains(active) == false)
            // The old one's process goes on: what keeps clients away is the kernel.
            #expect(try await laboratory.ask("doubles").doubles?.isEmpty == false, "two were not active at once")
            let left = try await laboratory.ask("await_holders", "8", "1")
            #expect(left.hosts?.contains(active) == false, "the kernel took it off the wrong host")

            for kind in ["supervisor", "agent"] { try await laboratory.ask("resume", active, kind) }
            try await goOn(for: .seconds(2))
            #expect(try await laboratory.ask("status", active).role == "standby")
            #expect(try await laboratory.ask("holders").hosts == left.hosts)
            let carried = try await laboratory.ask("carried")
            #expect(carried.duplicates == [], "two hosts answered for the virtual IP")
            #expect(carried.moves?.values.map(\.count) == [1], "since the healing: \(carried.moves ?? [:])")
            let report = try await laboratory.ask("end")
            #expect(report.overlaps == 0, "the client saw two hosts answer")
            try #expect(#require(report.epoch) > epoch)
            try await laboratory.ask("forget")
        }

        /// One packet of twenty is lost for a minute: no failover at default times.
        @Test func lostPackets() async throws {
            try await laboratory.ask("observe")
            try await laboratory.ask("packet_loss", "5")
            try await goOn(for: .seconds(60))
            // A client's requests alone are 30,000 packets and more.
            let dropped = try #require(await laboratory.ask("dropped").packets)
            print("\(dropped) packets were lost")
            #expect(dropped > 500)
            try await laboratory.ask("heal")
            try await checkUndisturbed()
        }

        /// The wall clock of one host is set back and forward by five minutes, first the active one's, then a standby's: nobody
        /// counts by it. The clock is set for Hagen and the workload alone: the kernel has only one for the whole machine.
        @Test func clockSetBackAndForward() async throws {
            try await laboratory.ask("observe")
            for host in [active, standby] {
                for seconds in [-300, 300, 0] {
                    try await laboratory.ask("set_clock", host, String(seconds))
                    // By orders that every agent notes down, as soon as it hears of them.
                    try await laboratory.ask("pause_and_resume", host)
                    let other = host == active ? standby : active
                    let ahead = try #require(await laboratory.ask("ahead", host, other).seconds)
                    #expect(
                        abs(ahead - Double(seconds)) < 5, "the agent on \(host) has another clock than it was given")
                    try await goOn(for: .seconds(2))
                }
            }
            try await checkUndisturbed()
        }

        // MARK: - The store is lost

        /// Without a store the active member goes on while all members answer it.
        @Test func lostStore() async throws {
            try await laboratory.ask("observe")
            try await changeStores("kill")
            try await goOn(for: .seconds(4))
            try await changeStores("start")
            try await goOn(for: .seconds(2))
            try await checkUndisturbed()
        }

        /// Without a store and without one of the members, the active one steps down in time, and nobody takes over until the
        /// store is back.
        @Test func lostStoreAndMember() async throws {
            try await laboratory.ask("observe")
            try await changeStores("kill")
            try await goOn(for: .seconds(2))
            try await laboratory.ask("mark")
            try await laboratory.ask("lose", standby)
            try await goOn(for: .seconds(3))
            let report = try await laboratory.ask("report")
            try #expect(#require(report.outageBegin) < 1.2, "it had to stop before the lease that it was promised")
            #expect(try await laboratory.ask("holders").hosts == [], "and the virtual IP with it")
            try await laboratory.ask("repair")
            try await laboratory.ask("settle")
            try await checkThatNoTwoWereActive()
        }

        /// All hosts are lost, and the one that was off before, with an old store and an old memory, is the first to be
        /// back: it does nothing until the others are there, and the next epoch is above all that there were.
        @Test func fullOutageAndTheStaleMemberBootsFirst() async throws {
            let stale = standby
            try await laboratory.ask("observe")
            try await laboratory.ask("lose", stale)
            try await goOn(for: .seconds(2))
            try await laboratory.ask("kill", active, "server")
            try await laboratory.ask("await_service", "20", active)
            let last = try #require(await laboratory.ask("end").epoch)
            #expect(last > epoch)
            let others = ["h1", "h2", "h3"].filter { $0 != stale }
            for host in others { try await laboratory.ask("lose", host) }
            try await laboratory.ask("boot", stale)
            try await goOn(for: .seconds(4))
            #expect(try await laboratory.ask("status", stale).role == "standby")
            #expect(try await laboratory.ask("holders").hosts == [])
            for host in others { try await laboratory.ask("boot", host) }
            let settled = try await laboratory.ask("settle")
            try #expect(#require(settled.epoch) > last)
            try await checkThatNoTwoWereActive()
        }

        // MARK: - Steps

        /// The workload stays as it is, and so does the epoch.
        private func restartsUnnoticed(_ restart: () async throws -> Void) async throws {
            let before = try await laboratory.ask("processes", active, "server").processes
            try await laboratory.ask("observe")
            try await restart()
            try await goOn(for: .seconds(3))
            let after = try await laboratory.ask("processes", active, "server").processes
            #expect(
                before?.count == 1 && before == after,
                "the workload's process was \(before ?? []) and is \(after ?? [])")
            try await checkUndisturbed()
        }

        private func changeStores(_ request: String) async throws {
            for host in ["h1", "h2", "h3"] { try await laboratory.ask(request, host, "store") }
        }

        /// Time passes while the client asks: what would go wrong has the time to.
        private func goOn(for duration: Duration) async throws {
            try await laboratory.ask("go_on", String(duration.components.seconds), within: duration + .seconds(30))
        }

        // MARK: - Checks

        private func checkUndisturbed() async throws {
            let report = try await laboratory.ask("end")
            try #expect(#require(report.outage) < Self.undisturbed)
            #expect(report.hosts?.count == 1, "clients were served by \(report.hosts ?? [])")
            #expect(report.epoch == epoch, "the lease went to another holder")
            try await checkThatNoTwoWereActive(report)
        }

        @discardableResult
        private func check(within seconds: Double, movedFrom host: String) async throws -> FailoverLaboratory.Answer {
            let report = try await laboratory.ask("end")
            print("clients waited \(Int((report.outage ?? 0) * 1000)) ms")
            try #expect(#require(report.outage) < seconds)
            #expect(report.hosts?.contains { $0 != host } ?? false, "nobody else took over: \(report.hosts ?? [])")
            try #expect(#require(report.epoch) > epoch)
            try await checkThatNoTwoWereActive(report)
            return report
        }

        private func checkThatNoTwoWereActive(_ report: FailoverLaboratory.Answer? = nil) async throws {
            if let report { #expect(report.overlaps == 0, "a client saw two hosts answer") }
            let written = try await laboratory.ask("doubles")
            #expect(written.doubles == [])
            // Nobody is active without writing it down.
            let lives = Set(try #require(written.lives))
            #expect(!lives.isEmpty && lives.isSuperset(of: report?.hosts ?? []), "only \(lives) wrote anything down")
        }
    }
}
