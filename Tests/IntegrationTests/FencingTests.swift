import Foundation
import Testing

extension BuiltCommands {
    /// Agents that fence: a host with a lease that nobody would wait for is not heard of any more. The fence agent is the
    /// laboratory's own, and really switches a host off.
    @Suite(
        .serialized, .timeLimit(.minutes(5)),
        .enabled(
            if: FailoverLaboratory.hindrance == nil,
            "fencing of real hosts is NOT tested here: \(FailoverLaboratory.hindrance ?? "")"))
    struct FencingTests {
        /// Of the topology, in seconds.
        private static let lease = 6.0
        /// What a busy machine adds.
        private static let slack = 1.5
        /// How much of the lease may have passed when its holder is lost: two renewals.
        private static let renewals = 1.0

        /// A fence that is confirmed stands in for the lease's end; one that fails or hangs changes nothing.
        @Test func aFencedHostIsNotWaitedFor() async throws {
            let laboratory = try FailoverLaboratory(topology: "fencing")
            do {
                try await fenceAHostThatIsAlive(in: laboratory)
                try await laboratory.ask("repair")
                try await fenceInVain(in: laboratory)
                let written = try await laboratory.ask("doubles")
                #expect(written.doubles == [])
                try #expect(#require(written.lives).count >= 2)
            } catch {
                await laboratory.end()
                throw error
            }
            await laboratory.end()
        }

        /// Nobody hears the holder, and it goes on: whoever takes over before its lease is over has to have ended it.
        private func fenceAHostThatIsAlive(in laboratory: FailoverLaboratory) async throws {
            let active = try #require(await laboratory.ask("settle").active)
            try await laboratory.ask("observe")
            try await laboratory.ask("mark")
            try await laboratory.ask("hole", active)
            try await laboratory.ask("await_service", "20", active)
            let (lives, fences) = (try await laboratory.ask("lives", active), try await laboratory.ask("fences"))
            let report = try await laboratory.ask("end")
            let (ended, begun, confirmed) = (
                try #require(lives.ended), try #require(lives.begun), try #require(fences.passed)
            )
            print(
                "fenced: off after \(milliseconds(ended)) ms, confirmed after \(milliseconds(confirmed)) ms, taken over after \(milliseconds(begun)) ms"
            )
            #expect(ended > 0, "it was alive when it was fenced")
            #expect(ended < confirmed && confirmed < begun, "off, confirmed, and only then another one")
            #expect(begun < Self.lease - Self.renewals, "it was waited for")
            try #expect(#require(report.outage) < Self.lease - Self.renewals)
            #expect(report.overlaps == 0)
            let successor = try #require(report.hosts?.first { $0 != active })
            #expect(fences.events?.contains("\(successor) off \(active) 0") == true, "\(fences.events ?? [])")
            let events = try #require(await laboratory.ask("events", successor).events)
            #expect(
                events.contains {
                    $0.hasPrefix("tries to acquire the lease: \(active), ") && $0.hasSuffix("was fenced")
                }, "\(events)")
        }

        /// One of the others has a fence agent that fails, the other one that hangs: the lease of a lost host runs out.
        private func fenceInVain(in laboratory: FailoverLaboratory) async throws {
            let active = try #require(await laboratory.ask("settle").active)
            let others = ["h1", "h2", "h3"].filter { $0 != active }
            for (host, mode) in zip(others, ["fails", "hangs"]) { try await laboratory.ask("fence_mode", host, mode) }
            try await laboratory.ask("observe")
            try await laboratory.ask("mark")
            try await laboratory.ask("lose", active)
            try await laboratory.ask("await_service", "20", active)
            let (lives, fences) = (try await laboratory.ask("lives", active), try await laboratory.ask("fences"))
            let report = try await laboratory.ask("end")
            let (begun, asked) = (try #require(lives.begun), try #require(fences.events))
            print("fenced in vain: taken over after \(milliseconds(begun)) ms")
            #expect(
                asked.contains("\(others[0]) off \(active) 1") && asked.contains("\(others[1]) off \(active) hangs"),
                "\(asked)")
            #expect(fences.passed == nil, "nobody said that it is off: \(asked)")
            #expect(begun > Self.lease - Self.renewals, "it was not waited for")
            #expect(begun < Self.lease + Self.slack)
            #expect(report.overlaps == 0)
        }

        private func milliseconds(_ seconds: Double) -> Int { Int(seconds * 1000) }
    }
}
