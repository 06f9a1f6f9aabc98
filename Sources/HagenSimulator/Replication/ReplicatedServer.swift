internal import HagenEngine

/// A database reduced to what replication has to keep right: a log of values, each written on a timeline, and what the
/// server has promised about it. All of it outlives a crash but what is marked otherwise.
struct ReplicatedServer: Sendable {
    /// Every value takes that much of the log.
    static let bytesPerEntry: UInt64 = 16

    /// The value that a promotion writes: it says that a timeline has begun.
    static let checkpoint = 0

    private(set) var values: [Int] = []
    /// Where each timeline began, as the number of a value; the first begins at 0.
    private(set) var timelines: [(timeline: UInt32, start: Int, epoch: UInt64)] = []
    var stoppedBelow: UInt64 = 0
    var waitsFor: SynchronousSet?
    var isCloning = false

    // Gone with the process.
    var isRunning = false
    var role = DataReport.Role.replica
    /// In which it was promoted.
    var epoch: UInt64 = 0
    var upstream: DataReport.Upstream?
    /// What others that stream from it said is durable there, and when.
    var standbys: [String: (durable: UInt64, seen: VirtualTime)] = [:]
    /// Written and not acknowledged, the oldest first.
    var pending: [(value: Int, end: UInt64)] = []

    var offset: UInt64 { UInt64(values.count) * Self.bytesPerEntry }

    var position: ReplicationPosition? {
        guard let current = timelines.last else { return nil }
        let ended = zip(timelines, timelines.dropFirst()).map { left, right in
            TimelineHistory.Ended(
                timeline: left.timeline, end: UInt64(right.start) * Self.bytesPerEntry, epoch: left.epoch)
        }
        return TimelineHistory(systemIdentifier: 7, ended: ended, timeline: current.timeline, epoch: current.epoch).map
        {
            ReplicationPosition(postgreSQL: $0, offset: offset)
        }
    }

    mutating func append(_ value: Int) -> UInt64 {
        values.append(value)
        return offset
    }

    mutating func promote(epoch: UInt64) {
        timelines.append(((timelines.last?.timeline ?? 0) + 1, values.count, epoch))
        values.append(Self.checkpoint)
        (role, self.epoch, upstream, standbys, pending) = (.primary, epoch, nil, [:], [])
    }

    /// Takes back what lies beyond that offset.
    mutating func rewind(to offset: UInt64) {
        values.removeLast(max(values.count - Int(offset / Self.bytesPerEntry), 0))
        while timelines.count > 1, let last = timelines.last, last.start >= values.count { timelines.removeLast() }
    }

    /// Receives up to so many values from a log that this one is a part of.
    mutating func receive(_ count: Int, from other: Self) {
        let end = min(values.count + count, other.values.count)
        guard values.count < end else { return }
        values += other.values[values.count..<end]
        timelines = other.timelines.filter { $0.start < end }
    }

    mutating func copy(_ other: Self) {
        (values, timelines, isCloning) = (other.values, other.timelines, false)
    }

    mutating func end() { (isRunning, role, upstream, standbys, pending) = (false, .replica, nil, [:], []) }

    func report(at now: VirtualTime) -> DataReport {
        DataReport(
            role: isRunning ? role : .stopped, position: isCloning ? nil : position, stoppedBelow: stoppedBelow,
            obstacle: isCloning ? .cloning : nil, upstream: upstream,
            waitsFor: isRunning && role == .primary ? waitsFor : nil,
            standbys: standbys.sorted { $0.key < $1.key }.filter { now - $0.value.seen < Span.second }.map {
                DataReport.Standby(host: $0.key, durable: $0.value.durable, isStreaming: true)
            })
    }
}
