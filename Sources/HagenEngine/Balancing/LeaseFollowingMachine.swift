/// Follows one lease for a balancer: who is active, and until when that may be believed.
///
/// A record alone proves nothing, its holder may be long dead; only a *change* of the record does, and only for the
/// lease's duration, counted from a moment at or before which the change was written. So a balancer that starts, or
/// that lost sight of the store, sends nobody anything until it sees the next renewal. A record of an older epoch than
/// one seen before is refused, whatever its revision (SAFETY 14).
package struct LeaseFollowingMachine: Equatable, Sendable {
    /// What the record shows.
    package struct Sighting: Equatable, Sendable {
        package var record: LeaseRecord
        /// Of the last write to the lease's key.
        package var revision: Int64

        package init(record: LeaseRecord, revision: Int64) {
            self.record = record
            self.revision = revision
        }
    }

    package enum Directive: Equatable, Sendable {
        /// The holder may be sent traffic until then.
        case follow(holder: String, epoch: UInt64, until: ContinuousClock.Instant)
        /// Nobody may be sent traffic.
        case followNobody(Reason)
        /// The record is of an older epoch than one seen before, and nobody may be sent traffic.
        case refuse(epoch: UInt64, highest: UInt64)
    }

    package enum Reason: Equatable, Sendable {
        case absent, released
        /// The record stands, but no change of it was seen yet.
        case unproved(holder: String)
    }

    /// The watcher's own setting; a record with a longer one is believed for longer.
    package let duration: Duration
    package private(set) var highestEpoch: UInt64 = 0
    private var last: Sighting?
    /// When the lease was last known to be as `last` says.
    private var lastSeenAt: ContinuousClock.Instant?
    /// The latest directive.
    package private(set) var verdict = Directive.followNobody(.absent)

    package init(duration: Duration) { self.duration = duration }

    /// The name of who holds the lease by the last record, proved or not; `nil` where it is absent or released.
    package var holder: String? { last.flatMap { $0.record.released ? nil : $0.record.holder } }

    /// A watch delivered a change of the record; `nil`: it was removed.
    package mutating func changeDelivered(
        _ sighting: Sighting?, at now: ContinuousClock.Instant
    ) -> Directive {
        take(sighting, changedAt: now, at: now)
    }

    /// The record was read anew. Where it differs from the last one, the change happened after that one was seen, which
    /// is all that is known: it counts from there.
    package mutating func recordRead(_ sighting: Sighting?, at now: ContinuousClock.Instant) -> Directive {
        guard sighting?.revision != last?.revision else {
            if sighting != nil { lastSeenAt = now }
            return verdict
        }
        return take(sighting, changedAt: lastSeenAt, at: now)
    }

    /// Another store answers than before: its revisions compare with nothing. Epochs still do.
    package mutating func storeReplaced() -> Directive {
        last = nil
        lastSeenAt = nil
        verdict = .followNobody(.absent)
        return verdict
    }

    private mutating func take(
        _ sighting: Sighting?, changedAt: ContinuousClock.Instant?, at now: ContinuousClock.Instant
    ) -> Directive {
        if let sighting, let last, sighting.revision <= last.revision { return verdict }
        last = sighting
        lastSeenAt = now
        guard let record = sighting?.record else {
            verdict = .followNobody(.absent)
            return verdict
        }
        guard record.epoch >= highestEpoch else {
            verdict = .refuse(epoch: record.epoch, highest: highestEpoch)
            return verdict
        }
        highestEpoch = record.epoch
        let believed = max(duration, .nanoseconds(record.durationInNanoseconds))
        if record.released {
            verdict = .followNobody(.released)
        } else if let changedAt, changedAt + believed > now {
            verdict = .follow(holder: record.holder, epoch: record.epoch, until: changedAt + believed)
        } else {
            verdict = .followNobody(.unproved(holder: record.holder))
        }
        return verdict
    }
}
