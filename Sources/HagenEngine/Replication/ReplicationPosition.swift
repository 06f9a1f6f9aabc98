internal import Hagen

/// Where a member's data stands: of which history it is, and how far it has come in it.
///
/// Two positions are compared by ancestry, never by a number alone: a higher timeline only says that somebody promoted
/// once more, perhaps the wrong one. As text: `postgresql:7423541 1@0/3000060 2@0/60000A0`, the kind and the identity
/// of the database, then each timeline with the offset at which it was left, the last with the offset reached; `2e5` is timeline 2 that was
/// begun in epoch 5.
package struct ReplicationPosition: Hashable, Sendable {
    package var lineage: Lineage
    /// In bytes of the log (PostgreSQL's LSN). All before it is durable where the position is of a member's own data.
    package var offset: UInt64

    /// The history up to the position.
    package enum Lineage: Hashable, Sendable {
        case postgreSQL(TimelineHistory)
    }

    package init(lineage: Lineage, offset: UInt64) {
        self.lineage = lineage
        self.offset = offset
    }

    package init(postgreSQL history: TimelineHistory, offset: UInt64) {
        self.init(lineage: .postgreSQL(history), offset: offset)
    }

    /// How one position lies to another.
    package enum Relation: Equatable, Sendable {
        case same
        /// All of its data is in the other's, which has so many bytes more; 0 where only the timeline is newer.
        case behind(bytes: UInt64)
        /// The other way round.
        case ahead(bytes: UInt64)
        /// Each has data that the other has not, from that offset on.
        case diverged(at: UInt64)
        /// Of another database: nothing can be compared.
        case foreign
    }

    /// How this position lies to the other.
    package func relation(to other: Self) -> Relation {
        switch (lineage, other.lineage) {
        case (.postgreSQL(let own), .postgreSQL(let others)):
            own.relation(of: offset, to: others, at: other.offset)
        }
    }

    /// Whether all data up to this position is in the other's.
    package func isContained(in other: Self) -> Bool {
        switch relation(to: other) {
        case .same, .behind: true
        case .ahead, .diverged, .foreign: false
        }
    }

    /// The same position with the history shortened to what a record in the store may carry.
    package var bounded: Self {
        switch lineage {
        case .postgreSQL(let history): Self(postgreSQL: history.bounded, offset: offset)
        }
    }
}

extension ReplicationPosition: CodedAsText {
    package static let refusal = "is not a position such as 'postgresql:7423541 1@0/3000060'"
    private static let postgreSQL = "postgresql:"

    package init?(text: String) {
        let words = text.split(separator: " ", omittingEmptySubsequences: false)
        guard words.count >= 2, words.count <= TimelineHistory.maximumCount + 1, words[0].hasPrefix(Self.postgreSQL),
            let system = UInt64(words[0].dropFirst(Self.postgreSQL.count))
        else { return nil }
        var points: [TimelineHistory.Ended] = []
        for word in words.dropFirst() {
            let parts = word.split(separator: "@", omittingEmptySubsequences: false)
            let names = parts[0].split(separator: "e", omittingEmptySubsequences: false)
            guard parts.count == 2, names.count <= 2, let timeline = UInt32(names[0]),
                let epoch = names.count == 2 ? UInt64(names[1]) : 0, let end = LogOffset(text: String(parts[1]))
            else { return nil }
            points.append(TimelineHistory.Ended(timeline: timeline, end: end.bytes, epoch: epoch))
        }
        guard let last = points.popLast(),
            let history = TimelineHistory(
                systemIdentifier: system, ended: points, timeline: last.timeline, epoch: last.epoch),
            points.last.map({ $0.end <= last.end }) ?? true
        else { return nil }
        self.init(postgreSQL: history, offset: last.end)
    }

    package var description: String {
        switch lineage {
        case .postgreSQL(let history):
            func name(_ timeline: UInt32, _ epoch: UInt64) -> String {
                epoch == 0 ? "\(timeline)" : "\(timeline)e\(epoch)"
            }
            let ended = history.ended.map { "\(name($0.timeline, $0.epoch))@\(LogOffset(bytes: $0.end)) " }.joined()
            return
                "\(Self.postgreSQL)\(history.systemIdentifier) \(ended)\(name(history.timeline, history.epoch))@\(LogOffset(bytes: offset))"
        }
    }

    /// For a person: the timeline and the offset.
    package var shortText: String {
        switch lineage {
        case .postgreSQL(let history): "timeline \(history.timeline), \(LogOffset(bytes: offset))"
        }
    }
}

/// A place in PostgreSQL's log as its own functions write it: `16/B374D848`.
package struct LogOffset: Hashable, Sendable, CustomStringConvertible {
    package var bytes: UInt64
    package init(bytes: UInt64) { self.bytes = bytes }

    package init?(text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ (1...8).contains($0.count) && $0.allSatisfy(\.isHexDigit) }),
            let high = UInt64(parts[0], radix: 16), let low = UInt64(parts[1], radix: 16)
        else { return nil }
        bytes = high << 32 | low
    }

    package var description: String {
        String(bytes >> 32, radix: 16, uppercase: true) + "/"
            + String(bytes & 0xFFFF_FFFF, radix: 16, uppercase: true)
    }
}
