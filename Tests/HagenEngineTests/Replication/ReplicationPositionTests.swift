import HagenEngine
import Testing

/// Goal: positions are compared by ancestry: what holds what, and where two histories parted; never by a number.
@Suite struct ReplicationPositionTests {
    typealias Relation = ReplicationPosition.Relation

    private func position(_ text: String) throws -> ReplicationPosition {
        try #require(ReplicationPosition(text: "postgresql:7 " + text))
    }

    @Test(arguments: [
        ("1@0/100", "1@0/100", Relation.same),
        ("1@0/100", "1@0/180", .behind(bytes: 0x80)),
        // On the way to where the other turned off.
        ("1@0/100", "1@0/200 2@0/280", .behind(bytes: 0x180)),
        // Exactly where it turned off: only the timeline is newer.
        ("1@0/200", "1@0/200 2@0/200", .behind(bytes: 0)),
        ("1@0/200 2@0/300", "1@0/200 2@0/300 5@0/400", .behind(bytes: 0x100)),
        // An old primary that wrote beyond the place at which another was promoted, whatever the numbers say.
        ("1@0/300", "1@0/200 2@0/280", .diverged(at: 0x200)),
        ("1@0/900", "1@0/200 2@0/280", .diverged(at: 0x200)),
        // Two that were promoted apart: the higher timeline is no truth.
        ("1@0/200 3@0/900", "1@0/180 2@0/280", .diverged(at: 0x180)),
        ("1@0/200 3@0/900", "1@0/200 2@0/280", .diverged(at: 0x200)),
        ("1@0/200 2@0/300 4@0/900", "1@0/200 2@0/400", .diverged(at: 0x300)),
        // The same number at the same place, begun by two promotions.
        ("1@0/200 2e5@0/300", "1@0/200 2e6@0/400", .diverged(at: 0x200)),
        ("1@0/200 2e5@0/300", "1@0/200 2@0/400", .behind(bytes: 0x100)),
        // Histories of which only the end is known.
        ("5@0/500 6@0/600", "1@0/200 5@0/500 6@0/700", .behind(bytes: 0x100)),
        ("5@0/500 6@0/600", "1@0/200", .diverged(at: 0)),
        ("3@0/500", "1@0/200 2@0/300", .diverged(at: 0)),
    ])
    func relations(_ left: String, _ right: String, _ expected: Relation) throws {
        let (a, b) = (try position(left), try position(right))
        #expect(a.relation(to: b) == expected)
        let mirrored: Relation =
            switch expected {
            case .behind(let bytes): .ahead(bytes: bytes)
            case .ahead(let bytes): .behind(bytes: bytes)
            case .same, .diverged, .foreign: expected
            }
        #expect(b.relation(to: a) == mirrored)
    }

    @Test func otherDatabasesAreForeign() throws {
        let other = try #require(ReplicationPosition(text: "postgresql:8 1@0/100"))
        #expect(try position("1@0/100").relation(to: other) == .foreign)
    }

    @Test(arguments: ["1@0/100", "1@0/3000060 2@16/B374D848", "1@0/0", "1e4@0/10 2e5@0/20"])
    func textIsReadBack(_ text: String) throws {
        #expect(try position(text).description == "postgresql:7 " + text)
    }

    @Test(arguments: [
        "", "postgresql:7", "postgresql:x 1@0/1", "mysql:7 1@0/1", "postgresql:7 1@0", "postgresql:7 1@0/G",
        "postgresql:7 2@0/1 1@0/2", "postgresql:7 1@0/9 2@0/8", "postgresql:7 1@0/9 2@0/8 3@0/A",
        "postgresql:7 1@0/123456789", "postgresql:7  1@0/1",
    ])
    func wrongTextIsRefused(_ text: String) {
        #expect(ReplicationPosition(text: text) == nil)
    }

    @Test func longHistoriesAreShortened() throws {
        let ended = (1...40).map { TimelineHistory.Ended(timeline: $0, end: UInt64($0) * 16) }
        let history = try #require(TimelineHistory(systemIdentifier: 7, ended: ended, timeline: 41))
        let whole = ReplicationPosition(postgreSQL: history, offset: 1000)
        let short = whole.bounded
        #expect(ReplicationPosition(text: short.description) == short)
        #expect(short.relation(to: whole) == .same)
        // A member that stands on what was forgotten cannot be compared: never taken for one that may follow.
        #expect(try position("1@0/8").relation(to: short) == .diverged(at: 0))
    }
}
