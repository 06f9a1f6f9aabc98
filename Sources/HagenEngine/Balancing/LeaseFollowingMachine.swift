/// Follows one lease for a balancer: who is active, and until when that may be believed.
///
/// A record alone proves nothing, its holder may be long dead; only a *change* of the record does, and only for the
/// lease's duration, counted from a moment at or before which the change was written. So a balancer that starts, or
/// that lost sight of the store, sends nobody anything until it sees the next renewal. A record of an older epoch than
/// one seen before is refused, whatever its revision (SAFETY 14).
///
/// Without news from the store the holder's own word counts as long as it goes: its agent named the epoch and what is left
/// of its permit. The store's word goes before it: a newer epoch or a release in the store ends it, and a record that is
/// absent or went back does not, for that is when the members' promises let a holder go on (rule 13). A word of a newer
/// epoch than the store's ends what the store said before, for an epoch begins in the store. So whoever is followed has the
/// highest epoch that was heard of, from either side.
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

    /// Who may be sent traffic, and until when.
    package struct Following: Equatable, Sendable {
        package enum Source: Equatable, Sendable {
            /// The lease was seen to change within its duration.
            case lease
            /// It was not, and the holder itself says that its permit is not over.
            case holder
        }
        package var holder: String
        package var epoch: UInt64
        package var until: ContinuousClock.Instant
        package var source: Source

        package init(holder: String, epoch: UInt64, until: ContinuousClock.Instant, source: Source) {
            self.holder = holder
            self.epoch = epoch
            self.until = until
            self.source = source
        }
    }

    /// What the holder of an epoch said of itself.
    private struct Word: Equatable, Sendable {
        var holder: String
        var epoch: UInt64
        /// The end of its permit, or earlier.
        var until: ContinuousClock.Instant
    }

    /// The watcher's own setting; a record with a longer one is believed for longer.
    package let duration: Duration
    /// In the store.
    package private(set) var highestEpoch: UInt64 = 0
    /// Was seen to be released: nobody acts in it or in an older one.
    private var endedEpoch: UInt64 = 0
    /// Of no older epoch than the store's highest.
    private var word: Word?
    private var last: Sighting?
    /// When the lease was last known to be as `last` says.
    private var lastSeenAt: ContinuousClock.Instant?
    /// The latest directive, by the store alone.
    package private(set) var verdict = Directive.followNobody(.absent)

    package init(duration: Duration) { self.duration = duration }

    /// The name of who holds the lease by the last word or record, proved or not; `nil` where it is absent or released.
    package var holder: String? { word?.holder ?? last.flatMap { $0.record.released ? nil : $0.record.holder } }

    /// `nil`: nobody may be sent traffic.
    package func following(at now: ContinuousClock.Instant) -> Following? {
        var found: Following?
        if case .follow(let holder, let epoch, let until) = verdict, until > now, epoch >= word?.epoch ?? 0 {
            found = Following(holder: holder, epoch: epoch, until: until, source: .lease)
        }
        guard let word, word.until > now else { return found }
        guard let lease = found else {
            return Following(holder: word.holder, epoch: word.epoch, until: word.until, source: .holder)
        }
        found?.until = max(lease.until, word.until)
        return found
    }

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

    /// A member's agent said that it acts in that epoch.
    ///
    /// - Parameters:
    ///   - holder: the host of the agent that said it: nobody's word counts for another.
    ///   - until: the end of its permit, or earlier, by this balancer's own clock.
    /// - Returns: `false` where the word counts for nothing: its epoch is over, or somebody else's.
    package mutating func holderSpoke(
        _ holder: String, epoch: UInt64, until: ContinuousClock.Instant
    ) -> Bool {
        guard epoch >= highestEpoch, epoch > endedEpoch, epoch >= word?.epoch ?? 0 else { return false }
        if let record = last?.record, record.epoch == epoch, record.holder != holder { return false }
        guard let known = word, known.epoch == epoch else {
            word = Word(holder: holder, epoch: epoch, until: until)
            return true
        }
        guard known.holder == holder else { return false }
        // Within an epoch a permit only grows; an answer that was overtaken by another takes nothing back.
        word?.until = max(known.until, until)
        return true
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
        if record.released { endedEpoch = record.epoch }
        if let known = word, known.epoch < record.epoch || known.epoch <= endedEpoch || isOther(record, than: known) {
            word = nil
        }
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

    /// The record gives the word's epoch to another holder.
    private func isOther(_ record: LeaseRecord, than word: Word) -> Bool {
        word.epoch == record.epoch && word.holder != record.holder
    }
}
