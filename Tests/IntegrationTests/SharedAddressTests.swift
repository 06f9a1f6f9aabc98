import Foundation
import Testing

extension BuiltCommands {
    /// Virtual IPs that are groups of their own: those of an active-active cluster, and the one of a pair of balancers with a
    /// witness. Real hosts are lost and come back; a watcher asks the whole network 50 times a second who carries each address.
    @Suite(
        .serialized, .timeLimit(.minutes(5)),
        .enabled(
            if: FailoverLaboratory.hindrance == nil,
            "virtual IPs of several hosts are NOT tested here: \(FailoverLaboratory.hindrance ?? "")"))
    struct SharedAddressTests {
        /// What clients may wait for another host, in seconds: the second that the release's README states, and one for a
        /// busy machine.
        private static let takeoverBound = 2.0
        /// What they may wait where nothing fails over: a server in Python is late at times.
        private static let undisturbed = 0.3
        /// What a closed gate takes at most: the 200 ms that the README states, and what a busy machine adds.
        private static let gateBound = 1.0
        /// How long the laboratory lets a host be well before it gets its addresses back, and what the host may take until it
        /// is: it boots, its store and its agent catch up.
        private static let giveBack = 4.0
        private static let boot = 16.0

        /// The two that prefer the same host, the one of another, and the balancers'.
        private static let first = "10.77.0.101"
        private static let second = "10.77.0.102"
        private static let other = "10.77.0.103"
        private static let balanced = "10.77.0.104"
        private static let home = [first: "h1", second: "h1", other: "h2", balanced: "p1"]

        /// A lost member's addresses go to different survivors, a lost balancer's to the other one; nobody else's move, each is
        /// carried by one host at any moment, and each goes back once.
        @Test func lostHostsGetTheirAddressesBack() async throws {
            let laboratory = try FailoverLaboratory(topology: "addresses")
            do {
                try await checkPromises(of: laboratory)
                try await laboratory.ask("watch")
                try await settle(laboratory)
                try await laboratory.ask(
                    "observe_each", "\(Self.first):7000", "\(Self.second):7000", "\(Self.other):7000",
                    "\(Self.balanced):7100")
                try await loseMember(in: laboratory)
                try await loseBalancer(in: laboratory)
                try await bootBoth(in: laboratory)
                try await closeGates(in: laboratory)
            } catch {
                await laboratory.end()
                throw error
            }
            await laboratory.end()
        }

        /// The bounds of this test are what the release says.
        private func checkPromises(of laboratory: FailoverLaboratory) async throws {
            let text = try #require(await laboratory.ask("readme").text)
            for (part, gate) in [("service", "member"), ("balancer front", "balancer")] {
                let address = part == "service" ? "one of its addresses" : "its address"
                for (lost, within) in [
                    ("host with \(address), or its agent hangs", "1s"),
                    ("\(gate) on the host with \(address)", "200ms"),
                ] { #expect(text.contains("| \(part) | the \(lost) | another host carries it | \(within) |")) }
            }
        }

        private func settle(_ laboratory: FailoverLaboratory) async throws {
            let places = Self.home.sorted { $0.key < $1.key }.map { "\($0)=\($1)" }
            try await laboratory.ask("await_carried", "40", places.joined(separator: " "))
        }

        private func loseMember(in laboratory: FailoverLaboratory) async throws {
            try await laboratory.ask("mark")
            try await laboratory.ask("lose", "h1")
            try await laboratory.ask("await_carried", "10", "\(Self.first) \(Self.second)")
            try await laboratory.ask("go_on", "1")
            let carried = try await laboratory.ask("carried")
            let moves = try #require(carried.moves)
            #expect(carried.duplicates == [])
            #expect(moves[Self.first]?.count == 2 && moves[Self.second]?.count == 2, "\(moves)")
            #expect(Set([moves[Self.first]?.last, moves[Self.second]?.last]) == ["h2", "h3"], "\(moves)")
            #expect(moves[Self.other] == ["h2"] && moves[Self.balanced] == ["p1"], "\(moves)")
            try await check(laboratory, moved: [Self.first, Self.second])
        }

        private func loseBalancer(in laboratory: FailoverLaboratory) async throws {
            try await laboratory.ask("mark")
            try await laboratory.ask("lose", "p1")
            try await laboratory.ask("await_carried", "10", "\(Self.balanced)=p2")
            try await laboratory.ask("go_on", "1")
            let carried = try await laboratory.ask("carried")
            #expect(carried.duplicates == [])
            #expect(carried.moves?[Self.balanced] == ["p1", "p2"], "\(carried.moves ?? [:])")
            try await check(laboratory, moved: [Self.balanced])
        }

        private func bootBoth(in laboratory: FailoverLaboratory) async throws {
            let before = try #require(await laboratory.ask("carried").moves).compactMapValues(\.last)
            try await laboratory.ask("mark")
            try await laboratory.ask("boot", "h1")
            try await laboratory.ask("boot", "p1")
            try await settle(laboratory)
            try await laboratory.ask("go_on", "2")
            let carried = try await laboratory.ask("carried")
            #expect(carried.duplicates == [])
            for (address, home) in Self.home {
                let expected = address == Self.other ? [home] : [try #require(before[address]), home]
                #expect(carried.moves?[address] == expected, "\(address) goes back once")
                guard address != Self.other else { continue }
                let moved = try #require(carried.moved?[address])
                print("\(address) went back after \(Int(moved * 1000)) ms")
                #expect(moved > Self.giveBack && moved < Self.giveBack + Self.boot)
            }
            // Handed over in words: no lease has to run out.
            try await check(laboratory, moved: [])
        }

        /// Hosts are well, and what their addresses lead to is not: these are handed to other hosts.
        private func closeGates(in laboratory: FailoverLaboratory) async throws {
            try await laboratory.ask("mark")
            try await laboratory.ask("kill", "p1", "balancer")
            try await laboratory.ask("kill", "h2", "server")
            try await laboratory.ask("await_carried", "10", "\(Self.balanced)=p2 \(Self.other)=h3")
            try await laboratory.ask("go_on", "1")
            let carried = try await laboratory.ask("carried")
            #expect(carried.duplicates == [])
            #expect(carried.moves?[Self.balanced] == ["p1", "p2"], "\(carried.moves ?? [:])")
            #expect(carried.moves?[Self.other] == ["h2", "h3"], "\(carried.moves ?? [:])")
            for address in [Self.balanced, Self.other] {
                let moved = try #require(carried.moved?[address])
                print("\(address) was handed over after \(Int(moved * 1000)) ms")
                #expect(moved < Self.gateBound)
            }
            try await check(laboratory, moved: [Self.balanced, Self.other])
        }

        /// Of the clients of each address, since the fault.
        private func check(_ laboratory: FailoverLaboratory, moved: Set<String>) async throws {
            let report = try await laboratory.ask("report_each")
            let outages = try #require(report.outages)
            #expect(outages.count == Self.home.count)
            #expect(report.overlaps == 0, "a client was answered twice")
            for (target, outage) in outages.sorted(by: { $0.key < $1.key }) {
                let isMoved = moved.contains { target.hasPrefix($0 + ":") }
                print("clients of \(target) waited \(Int(outage * 1000)) ms")
                #expect(outage < (isMoved ? Self.takeoverBound : Self.undisturbed), "\(target)")
            }
        }
    }
}
