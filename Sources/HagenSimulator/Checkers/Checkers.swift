internal import Hagen
internal import HagenEngine

/// All that is checked while a world runs. The first violation ends the run: what follows from it proves nothing.
struct Checkers: Sendable {
    private(set) var violation: Violation?
    private var leases: LeaseChecker
    private var epochs = EpochChecker()

    init(timing: LeaseTiming) { leases = LeaseChecker(timing: timing) }

    mutating func found(_ violation: Violation?) {
        if self.violation == nil { self.violation = violation }
    }

    mutating func recordWritten(
        _ record: LeaseRecord, before: LeaseValue, sent: VirtualTime, isActing: Bool, at now: VirtualTime
    ) {
        found(leases.recordWritten(record, before: before, sent: sent, isActing: isActing, at: now))
    }

    mutating func acted(_ host: String, epoch: UInt64, at now: VirtualTime) {
        found(leases.acted(host, epoch: epoch, at: now))
    }

    mutating func activated(_ host: Int, epoch: UInt64, at now: VirtualTime) {
        found(epochs.activated(host, epoch: epoch, at: now))
    }

    mutating func olderEpochAccepted(_ epoch: UInt64, after highest: UInt64, at now: VirtualTime) {
        found(
            Violation(.olderEpochRefused, at: now, "the data took a write of epoch \(epoch) after epoch \(highest)"))
    }

    mutating func asked(epoch: UInt64, round: UInt64, of members: [String], at now: VirtualTime) {
        leases.asked(epoch: epoch, round: round, of: members, at: now)
    }

    mutating func promised(by host: String, epoch: UInt64, round: UInt64) {
        leases.promised(by: host, epoch: epoch, round: round)
    }

    mutating func lostPower(_ host: String, at now: VirtualTime) { leases.lostPower(host, at: now) }

    /// A fault took away what the store knew: its record is not compared with what stood there before.
    mutating func storeWentBack() { leases.storeWentBack() }
}
