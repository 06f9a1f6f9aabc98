import Hagen
import HagenEngine
import Testing

/// Goal: nobody is promoted whose data may lack what a client was told is safe, and the reason is said; whoever has it is.
@Suite struct PromotionTests {
    private func at(_ text: String) -> ReplicationPosition {
        ReplicationPosition(text: "postgresql:7 " + text)
            ?? ReplicationPosition(
                postgreSQL: TimelineHistory(systemIdentifier: 0, timeline: 1)!, offset: 0)
    }
    private func published(_ text: String, _ sets: [SynchronousSet] = []) -> PublishedData {
        PublishedData(primary: "a", epoch: 4, position: at(text), sets: sets)
    }
    private let asynchronous = ReplicationPolicy.asynchronous(maximumLagInBytes: 0x100)
    private let synchronous = ReplicationPolicy.synchronous(acknowledgements: 1, onDegraded: .block)

    private func refusal(
        _ report: DataReport?, _ policy: ReplicationPolicy, _ published: PublishedData?, others: Bool = true
    ) -> Promotion.Refusal? {
        Promotion.refusal(of: "b", report, policy: policy, published: published, othersHaveData: others)
    }

    @Test func asynchronousKeepsToItsBound() {
        let last = published("1@0/1000")
        #expect(refusal(DataReport(role: .replica, position: at("1@0/F00")), asynchronous, last) == nil)
        #expect(
            refusal(DataReport(role: .replica, position: at("1@0/EFF")), asynchronous, last)
                == .behind(bytes: 0x101, maximum: 0x100))
        #expect(refusal(DataReport(role: .replica, position: at("1@0/1100")), asynchronous, last) == nil)
    }

    @Test func whatIsNotOfTheHistoryIsRefused() {
        let last = published("1@0/1000 2@0/1100")
        #expect(
            refusal(DataReport(role: .stopped, position: at("1@0/1200")), asynchronous, last)
                == .diverged(at: 0x1000))
        let other = ReplicationPosition(text: "postgresql:8 1@0/1000")
        #expect(refusal(DataReport(role: .stopped, position: other), synchronous, last) == .foreign)
        #expect(refusal(DataReport(role: .stopped, position: nil), synchronous, last) == .empty)
        #expect(refusal(nil, synchronous, last) == .notObserved)
        #expect(
            refusal(DataReport(role: .replica, position: at("1@0/1000"), obstacle: .replayPaused), synchronous, last)
                == .obstacle(.replayPaused))
    }

    @Test func theFirstPrimaryIsOneWithDataIfThereIsAny() {
        #expect(refusal(DataReport(role: .stopped, position: nil), synchronous, nil, others: true) == .empty)
        #expect(refusal(DataReport(role: .stopped, position: nil), synchronous, nil, others: false) == nil)
        #expect(refusal(DataReport(role: .stopped, position: at("1@0/10")), synchronous, nil) == nil)
    }

    @Test func ofThreeStandbysWithOneAcknowledgementAllMustReport() {
        let set = SynchronousSet(primary: "a", standbys: ["b", "c", "d"], acknowledgements: 1)
        let last = published("1@0/1000", [set])
        #expect(
            Promotion.verdict(for: "b", reports: ["b": at("1@0/1000"), "c": at("1@0/1000")], published: last)
                == .wait(.unproved(missing: ["a", "d"])))
        let all = ["b": at("1@0/1000"), "c": at("1@0/1000"), "d": at("1@0/F00")]
        #expect(Promotion.verdict(for: "b", reports: all, published: last) == .promote)
        #expect(
            Promotion.verdict(for: "d", reports: all, published: last) == .handOver(to: "b", bytes: 0x100))
    }

    @Test func ofThreeStandbysWithTwoAcknowledgementsTwoAreEnough() {
        let set = SynchronousSet(primary: "a", standbys: ["b", "c", "d"], acknowledgements: 2)
        let reports = ["b": at("1@0/1000"), "c": at("1@0/1200")]
        #expect(
            Promotion.verdict(for: "b", reports: reports, published: published("1@0/1100", [set]))
                == .handOver(to: "c", bytes: 0x200))
    }

    @Test func theLastPrimaryNeedsNobody() {
        let alone = SynchronousSet(primary: "a", standbys: ["b"], acknowledgements: 0)
        let last = published("1@0/1000", [alone])
        #expect(Promotion.verdict(for: "a", reports: ["a": at("1@0/1040")], published: last) == .promote)
        #expect(
            Promotion.verdict(for: "b", reports: ["b": at("1@0/1000")], published: last)
                == .wait(.unproved(missing: ["a"])))
    }

    @Test func everySetHasToBeCovered() {
        let first = SynchronousSet(primary: "a", standbys: ["b"], acknowledgements: 1)
        let second = SynchronousSet(primary: "b", standbys: ["c"], acknowledgements: 1)
        let last = published("1@0/1000", [first, second])
        // c alone has what was acknowledged under the second, and perhaps nothing of the first.
        #expect(
            Promotion.verdict(for: "c", reports: ["c": at("1@0/F00")], published: last)
                == .wait(.unproved(missing: ["a", "b"])))
        #expect(
            Promotion.verdict(for: "c", reports: ["c": at("1@0/F00"), "b": at("1@0/1000")], published: last)
                == .handOver(to: "b", bytes: 0x100))
    }

    @Test func whoLeftTheHistoryProvesNothing() {
        let set = SynchronousSet(primary: "a", standbys: ["b", "c"], acknowledgements: 1)
        let last = published("1@0/1000", [set])
        #expect(
            Promotion.verdict(
                for: "b", reports: ["b": at("1@0/1000"), "c": at("1@0/800 9@0/9000")], published: last)
                == .wait(.unproved(missing: ["a", "c"])))
        #expect(
            Promotion.verdict(
                for: "b", reports: ["b": at("1@0/1000 2@0/1100"), "c": at("1@0/1000 3@0/1100")], published: last)
                == .wait(.split("b", "c", at: 0x1000)))
    }

    @Test func aLossIsSaidInBytes() {
        let report = DataReport(role: .replica, position: at("1@0/E00"))
        #expect(Promotion.loss(report, published: published("1@0/1000"))?.bytes == 0x200)
        let parted = DataReport(role: .replica, position: at("1@0/C00 2@0/9000"))
        #expect(Promotion.loss(parted, published: published("1@0/1000"))?.bytes == 0x400)
        #expect(Promotion.loss(nil, published: published("1@0/1000")) == nil)
    }
}
