import Hagen
import HagenEngine
import Testing

/// Goal: what the store says of the set is never narrower than what the server waits for, and a set is forgotten only
/// when the next one has all that was acknowledged under it.
@Suite struct SynchronousChangeTests {
    private func set(_ standbys: [String], _ acknowledgements: Int = 1) -> SynchronousSet {
        SynchronousSet(primary: "a", standbys: standbys, acknowledgements: acknowledgements)
    }
    private func standby(_ host: String, _ durable: UInt64 = 0) -> DataReport.Standby {
        DataReport.Standby(host: host, durable: durable, isStreaming: true)
    }

    @Test func aSetIsWidenedInTheStoreFirst() {
        let (old, new) = (set(["b"]), set(["b", "c"]))
        func step(_ stored: [SynchronousSet], _ server: SynchronousSet?, from: UInt64? = nil) -> SynchronousChange.Step
        {
            SynchronousChange.step(
                wanted: new, stored: stored, server: server, confirmedFrom: from,
                standbys: [standby("b", 90), standby("c", 100)])
        }
        #expect(step([old], old) == .publish([old, new]))
        #expect(step([old, new], old) == .waitFor(new))
        #expect(step([old, new], new) == .confirming)
        #expect(step([old, new], new, from: 101) == .confirming)
        #expect(step([old, new], new, from: 100) == .publish([new]))
        #expect(step([new], new, from: 100) == .none)
    }

    @Test func aNarrowerSetLeavesTheStoreOnceItHasCaughtUp() {
        let (old, new) = (set(["b", "c"]), set(["c"]))
        #expect(
            SynchronousChange.step(
                wanted: new, stored: [old, new], server: new, confirmedFrom: 100, standbys: [standby("b", 100)])
                == .confirming)
        #expect(
            SynchronousChange.step(
                wanted: new, stored: [old, new], server: new, confirmedFrom: 100, standbys: [standby("c", 100)])
                == .publish([new]))
    }

    @Test func blockNeverDropsTheLastName() {
        func wanted(_ current: SynchronousSet?, _ present: Set<String>) -> SynchronousSet {
            SynchronousChange.wanted(
                primary: "a", members: ["a", "b", "c"], present: present, current: current, acknowledgements: 1,
                onDegraded: .block)
        }
        #expect(wanted(set(["b", "c"]), ["b", "c"]) == set(["b", "c"]))
        #expect(wanted(set(["b", "c"]), ["c"]) == set(["c"]))
        #expect(wanted(set(["c"]), []) == set(["c"]))
        #expect(wanted(nil, []) == set(["b"]))
        // Who is no member confirms nothing.
        #expect(wanted(set(["c"]), ["x", "a"]) == set(["c"]))
    }

    @Test func continueExposesThePrimary() {
        let wanted = SynchronousChange.wanted(
            primary: "a", members: ["a", "b"], present: [], current: set(["b"]), acknowledgements: 1,
            onDegraded: .continue)
        #expect(wanted == set([], 0))
        #expect(!wanted.isCovered(by: ["b"]))
        #expect(wanted.isCovered(by: ["a"]))
    }

    @Test func returningMembersFollowRewindOrAreCloned() throws {
        func position(_ text: String) throws -> ReplicationPosition {
            try #require(ReplicationPosition(text: "postgresql:7 " + text))
        }
        let primary = try position("1@0/200 2@0/300")
        func action(
            _ text: String?, obstacle: DataObstacle? = nil, stopped: UInt64 = 0, canRewind: Bool = true
        ) throws -> ReturningMember.Action {
            let report = DataReport(
                role: .stopped, position: try text.map { try position($0) }, stoppedBelow: stopped, obstacle: obstacle)
            return ReturningMember.action(report, primary: primary, epoch: 5, canRewind: canRewind)
        }
        #expect(try action("1@0/180") == .follow)
        #expect(try action("1@0/200 2@0/300") == .follow)
        #expect(try action("1@0/280") == .rewind(to: 0x200))
        #expect(try action("1@0/280", canRewind: false) == .reclone(.cannotRewind(to: 0x200)))
        #expect(try action("3@0/280") == .reclone(.noCommonHistory))
        #expect(try action(nil) == .reclone(.empty))
        #expect(try action("1@0/180", obstacle: .poisoned("x")) == .reclone(.poisoned("x")))
        #expect(try action("1@0/180", obstacle: .cloning) == .refuse(.obstacle(.cloning)))
        #expect(try action("1@0/180", stopped: 6) == .refuse(.olderEpoch(5, promised: 6)))
        #expect(try action("1@0/180", stopped: 5) == .follow)
        let foreign = DataReport(role: .stopped, position: ReplicationPosition(text: "postgresql:8 1@0/1"))
        #expect(
            ReturningMember.action(foreign, primary: primary, epoch: 5, canRewind: true) == .refuse(.foreign))
    }
}
