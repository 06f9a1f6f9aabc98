internal import Hagen
internal import HagenEngine

/// The truth about the lease, from what the store has written: until when each epoch lasts, and who may follow whom.
///
/// An epoch lasts for the lease's duration from the moment at which its holder decided on the last of its writes that
/// the store has (rule 3). That is later than the holder's own deadline, by the margin that makes it safe, and no
/// watcher can have waited for less (rule 2).
struct LeaseChecker: Sendable {
    /// Two clocks, each wrong by its bound, do not measure the same lease.
    private let slack: VirtualTime
    private let duration: VirtualTime
    private let stop: VirtualTime
    /// When the holder has to have stopped, and from when it may not even renew.
    private var deadline: [UInt64: VirtualTime] = [:]
    private var end: [UInt64: VirtualTime] = [:]
    private var highest: UInt64 = 0
    private var holders: [UInt64: String] = [:]
    /// Promises for them may still come, and make none of them last longer.
    private var released: Set<UInt64> = []
    private var questions: [Question] = []
    private static let mostQuestions = 32

    /// Rule 13: what a holder that the store does not answer asked of the others, and who has not promised yet.
    private struct Question: Sendable {
        var epoch: UInt64
        var round: UInt64
        var sent: VirtualTime
        var missing: [String]
    }

    init(timing: LeaseTiming) {
        duration = timing.duration.nanoseconds
        stop = timing.stop.nanoseconds
        slack = max(4 * Span.millisecond, duration / 250)
    }

    mutating func asked(epoch: UInt64, round: UInt64, of members: [String], at now: VirtualTime) {
        if questions.count == Self.mostQuestions { questions.removeFirst() }
        questions.append(Question(epoch: epoch, round: round, sent: now, missing: members))
    }

    /// All of them, not a majority, make the epoch last longer.
    mutating func promised(by host: String, epoch: UInt64, round: UInt64) {
        guard let index = questions.firstIndex(where: { $0.epoch == epoch && $0.round == round }) else { return }
        questions[index].missing.removeAll { $0 == host }
        guard questions[index].missing.isEmpty, !released.contains(epoch) else { return }
        end[epoch] = max(end[epoch] ?? 0, questions[index].sent + duration)
        deadline[epoch] = max(deadline[epoch] ?? 0, questions[index].sent + stop)
    }

    /// Nothing acts on a host without power, in none of its epochs.
    mutating func lostPower(_ host: String, at now: VirtualTime) {
        for (epoch, holder) in holders where holder == host { end[epoch] = min(end[epoch] ?? now, now) }
    }

    mutating func storeWentBack() { highest = 0 }

    mutating func recordWritten(
        _ record: LeaseRecord, before: LeaseValue, sent: VirtualTime, isActing: Bool, at now: VirtualTime
    ) -> Violation? {
        let previous = before.record
        defer {
            highest = max(highest, record.epoch)
            holders[record.epoch] = record.holder
            if record.released {
                end[record.epoch] = min(end[record.epoch] ?? now, now)
                released.insert(record.epoch)
            } else {
                end[record.epoch] = max(end[record.epoch] ?? 0, sent + duration)
                deadline[record.epoch] = max(deadline[record.epoch] ?? 0, sent + stop)
            }
        }
        if !record.released, let deadline = deadline[record.epoch], sent > deadline + slack {
            return Violation(
                .leaseHonoured, at: now,
                "\(record.holder) renewed epoch \(record.epoch) \(Duration(virtual: sent - deadline).text) after its deadline"
            )
        }
        if record.epoch < highest || (record.epoch == previous?.epoch && record.holder != previous?.holder) {
            return Violation(
                .recordIntact, at: now,
                "\(record.holder) wrote epoch \(record.epoch) over epoch \(highest) of \(previous?.holder ?? "nobody")")
        }
        if record.released, isActing {
            return Violation(
                .singleActive, at: now, "\(record.holder) released epoch \(record.epoch) while its workload acts")
        }
        if let previous, previous.epoch != record.epoch, let last = end[previous.epoch], now + slack < last {
            return Violation(
                .recordIntact, at: now,
                "\(record.holder) took the lease \(Duration(virtual: last - now).text) before epoch \(previous.epoch) of \(previous.holder) was over"
            )
        }
        return nil
    }

    func acted(_ host: String, epoch: UInt64, at now: VirtualTime) -> Violation? {
        guard let end = end[epoch] else {
            return Violation(.leaseHonoured, at: now, "\(host) acts in epoch \(epoch), which nobody ever had")
        }
        guard now > end + slack else { return nil }
        return Violation(
            .leaseHonoured, at: now,
            "\(host) acts in epoch \(epoch), which was over \(Duration(virtual: now - end).text) before")
    }
}
