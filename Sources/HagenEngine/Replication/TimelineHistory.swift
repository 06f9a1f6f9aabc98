/// PostgreSQL's history of one database: the timelines that led to the present one, and where each was left.
///
/// The intuition: a history is a path. Two paths run together until one of them leaves a timeline where the other stays
/// on it; what lies beyond that place on both is a divergence, and what lies beyond it on one only is a lead.
///
/// The case that surprises: two members that were both promoted at the same place carry the same number of a timeline, and
/// PostgreSQL itself takes the one for the other. So a timeline is told apart by the epoch in which it was begun, too,
/// wherever that is known: an adapter keeps it beside the data.
package struct TimelineHistory: Hashable, Sendable {
    /// More would swell every renewal of a lease. A history that is shortened has lost its oldest timelines; a member
    /// that stands on one of those cannot be compared any more and is cloned anew.
    package static let maximumCount = 16

    /// A timeline that was left.
    package struct Ended: Hashable, Sendable {
        package var timeline: UInt32
        /// In bytes: where the next one begins.
        package var end: UInt64
        /// In which it was begun; 0: not known.
        package var epoch: UInt64

        package init(timeline: UInt32, end: UInt64, epoch: UInt64 = 0) {
            self.timeline = timeline
            self.end = end
            self.epoch = epoch
        }

        func isOf(_ other: Self) -> Bool {
            timeline == other.timeline && (epoch == other.epoch || epoch == 0 || other.epoch == 0)
        }
    }

    /// Drawn by `initdb`: the same in every copy of one database, and in no other.
    package let systemIdentifier: UInt64
    /// The oldest first.
    package let ended: [Ended]
    package let timeline: UInt32
    /// In which the present timeline was begun; 0: not known.
    package let epoch: UInt64

    /// - Returns: `nil` where timelines do not grow, or where one ends before it began.
    package init?(systemIdentifier: UInt64, ended: [Ended] = [], timeline: UInt32, epoch: UInt64 = 0) {
        let numbers = ended.map(\.timeline) + [timeline]
        guard zip(numbers, numbers.dropFirst()).allSatisfy({ $0 < $1 }),
            zip(ended, ended.dropFirst()).allSatisfy({ $0.end <= $1.end })
        else { return nil }
        self.systemIdentifier = systemIdentifier
        self.ended = ended
        self.timeline = timeline
        self.epoch = epoch
    }

    private init(_ history: Self, lastEnded count: Int) {
        systemIdentifier = history.systemIdentifier
        ended = history.ended.suffix(count)
        timeline = history.timeline
        epoch = history.epoch
    }

    var bounded: Self { Self(self, lastEnded: Self.maximumCount - 1) }

    /// How the offset on this history lies to another on the other history.
    func relation(of offset: UInt64, to other: Self, at otherOffset: UInt64) -> ReplicationPosition.Relation {
        guard systemIdentifier == other.systemIdentifier else { return .foreign }
        let (left, right) = (path(to: offset), other.path(to: otherOffset))
        guard let (i, j) = Self.start(left, right) else { return .diverged(at: 0) }
        return Self.compare(left[i...], right[j...])
    }

    private func path(to offset: UInt64) -> [Ended] { ended + [Ended(timeline: timeline, end: offset, epoch: epoch)] }

    /// Where both paths are known from: the first timeline of the one whose history begins later.
    private static func start(_ left: [Ended], _ right: [Ended]) -> (Int, Int)? {
        guard let first = left.first?.timeline, let other = right.first?.timeline else { return nil }
        if first >= other { return right.firstIndex { $0.timeline == first }.map { (0, $0) } }
        return left.firstIndex { $0.timeline == other }.map { ($0, 0) }
    }

    private static func compare(_ left: ArraySlice<Ended>, _ right: ArraySlice<Ended>) -> ReplicationPosition.Relation {
        var (left, right) = (left, right)
        var shared: UInt64 = 0
        while let a = left.first, let b = right.first, a.isOf(b) {
            (left, right) = (left.dropFirst(), right.dropFirst())
            shared = min(a.end, b.end)
            guard a.end != b.end else { continue }
            // One stays on the timeline beyond the place at which the other's path ends, or turns off.
            if a.end < b.end {
                return left.isEmpty ? .behind(bytes: Self.end(b, right) - a.end) : .diverged(at: a.end)
            }
            return right.isEmpty ? .ahead(bytes: Self.end(a, left) - b.end) : .diverged(at: b.end)
        }
        switch (left.last, right.last) {
        case (nil, nil): return .same
        case (nil, let b?): return .behind(bytes: b.end - shared)
        case (let a?, nil): return .ahead(bytes: a.end - shared)
        case (_?, _?): return .diverged(at: shared)
        }
    }

    private static func end(_ point: Ended, _ rest: ArraySlice<Ended>) -> UInt64 { rest.last?.end ?? point.end }
}
