import Hagen
import Testing

@testable import HagenDeploy

/// Goal: where nobody serves a cluster, one line says so, with since when and why as far as that is known; and nothing is
/// said where somebody may be serving it.
@Suite struct VacancyTests {
    private func member(
        _ role: FailoverStatus.Cluster.Role, holder: String?, epoch: UInt64 = 3
    ) -> FailoverStatus.Cluster {
        FailoverStatus.Cluster(
            name: "counter", mode: .activePassive, role: role, epoch: epoch, holder: holder, workload: .stopped,
            processID: nil, address: "127.0.0.11", port: nil, restarts: 0, permitRemaining: nil, reason: "")
    }

    private func status(_ members: [String: FailoverStatus.Cluster?]) -> LabStatus {
        LabStatus(
            name: "shop", coordinator: nil,
            hosts: members.sorted { $0.key < $1.key }.map { name, member in
                LabStatus.Host(
                    name: name, address: "127.0.0.11", zone: "z", engines: [], storeReachable: true,
                    clusters: member.map { [$0] } ?? [], balancers: [], alerts: [], metrics: nil)
            })
    }

    private func event(_ kind: EventKind, _ host: String, _ words: String, at milliseconds: Int64) -> EngineEvent {
        EngineEvent(
            number: 1, time: WallTime(milliseconds: milliseconds), host: host, cluster: "counter", epoch: 3, kind: kind,
            words: words, evidence: nil)
    }

    @Test func sinceWhenAndWhyAreSaid() throws {
        let quiet = status(["a": member(.standby, holder: nil), "b": member(.standby, holder: nil)])
        let events = [
            event(.active, "a", "is active", at: 1000), event(.watching, "b", "watches the lease", at: 1500),
            event(.workloadEnded, "a", "the workload exited with 1: gives up the lease", at: 2000),
            event(.released, "a", "released the lease", at: 2010),
        ]
        let vacancy = try #require(Vacancy.all(in: quiet, events: events).first)
        #expect(
            vacancy.text { "\($0.milliseconds)" }
                == "nobody is active for 'counter' since 2000: a (epoch 3) the workload exited with 1: gives up the lease; nobody holds the lease"
        )
        // What ended an earlier time as the active one says nothing of the last.
        let again = events + [event(.active, "b", "is active", at: 3000)]
        #expect(Vacancy.all(in: quiet, events: again).first?.ending == nil)
    }

    @Test func whoeverHoldsTheLeaseIsNamed() throws {
        let paused = status([
            "a": member(.standby, holder: "b", epoch: 4), "b": member(.standby, holder: "b", epoch: 4),
        ])
        #expect(
            Vacancy.all(in: paused, events: []).map { $0.text { "\($0)" } } == [
                "nobody is active for 'counter'; b holds the lease"
            ])
        let silent = status(["a": member(.standby, holder: "b"), "b": nil])
        #expect(
            Vacancy.all(in: silent, events: []).map { $0.text { "\($0)" } } == [
                "nobody is known to be active for 'counter'; b holds the lease, and its agent does not answer"
            ])
    }

    @Test func nothingIsSaidWhereSomebodyMayBeActive() {
        let served = status(["a": member(.active, holder: "a"), "b": member(.standby, holder: "a")])
        #expect(Vacancy.all(in: served, events: []).isEmpty)
        // On one host alone nothing is known of the others but the lease.
        #expect(Vacancy.all(in: status(["a": member(.standby, holder: "b")]), events: []).isEmpty)
        #expect(Vacancy.all(in: status([:]), events: []).isEmpty)
    }
}
