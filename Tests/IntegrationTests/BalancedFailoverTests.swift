import Foundation
import Testing

extension BuiltCommands {
    /// Clients of a balancer, on a host that is no member of anything, while all of real etcd is away: the members' agents tell it who
    /// is active, authenticated by their key (SAFETY 13 and 14).
    @Suite(
        .serialized, .timeLimit(.minutes(5)),
        .enabled(
            if: FailoverLaboratory.hindrance == nil,
            "balancers of real hosts are NOT tested here: \(FailoverLaboratory.hindrance ?? "")"))
    struct BalancedFailoverTests {
        /// What clients may wait where nothing fails over, in seconds: a server in Python is late at times.
        private static let undisturbed = 0.3
        /// In it a holder that was not promised anything has stopped, with what a busy machine adds.
        private static let stepDown = 1.2
        private static let stores = ["h1", "h2", "h3"]

        /// With every member up nobody notices that the store is away, for several leases and when it comes back; with a member lost
        /// too, nobody is served within the lease, until the store is back.
        @Test func lostStore() async throws {
            let laboratory = try FailoverLaboratory(topology: "balanced")
            do {
                try await loseStore(in: laboratory)
                try await loseStoreAndMember(in: laboratory)
                let written = try await laboratory.ask("doubles")
                #expect(written.doubles == [])
                try #expect(!#require(written.lives).isEmpty, "nobody wrote down that it was active")
            } catch {
                await laboratory.end()
                throw error
            }
            await laboratory.end()
        }

        private func loseStore(in laboratory: FailoverLaboratory) async throws {
            let settled = try await laboratory.ask("settle")
            try await laboratory.ask("observe")
            for host in Self.stores { try await laboratory.ask("kill", host, "store") }
            try await laboratory.ask("go_on", "5")
            let away = try await laboratory.ask("report")
            for host in Self.stores { try await laboratory.ask("start", host, "store") }
            try await laboratory.ask("go_on", "3")
            let report = try await laboratory.ask("end")
            print(
                "behind a balancer, the store away: clients waited \(milliseconds(away.outage)) ms, and \(milliseconds(report.outage)) ms over its return"
            )
            try #expect(#require(report.outage) < Self.undisturbed)
            #expect(report.hosts?.count == 1, "clients were served by \(report.hosts ?? [])")
            #expect(report.epoch == settled.epoch, "the lease went to another holder")
        }

        private func loseStoreAndMember(in laboratory: FailoverLaboratory) async throws {
            let settled = try await laboratory.ask("settle")
            let standby = try #require(settled.standby)
            try await laboratory.ask("observe")
            for host in Self.stores { try await laboratory.ask("kill", host, "store") }
            try await laboratory.ask("go_on", "2")
            try await laboratory.ask("mark")
            try await laboratory.ask("lose", standby)
            try await laboratory.ask("go_on", "3")
            let report = try await laboratory.ask("report")
            print(
                "behind a balancer, the store and a member away: the last answer came \(milliseconds(report.outageBegin)) ms later"
            )
            try #expect(
                #require(report.outageBegin) < Self.stepDown, "it had to stop before the lease that it was promised")
            try #expect(#require(report.outage) > 1, "nobody acts")
            try await laboratory.ask("repair")
            let back = try await laboratory.ask("settle")
            try #expect(#require(back.epoch) > #require(settled.epoch))
            try await laboratory.ask("observe")
            _ = try await laboratory.ask("end")
        }

        private func milliseconds(_ seconds: Double?) -> Int { Int((seconds ?? -1) * 1000) }
    }
}
