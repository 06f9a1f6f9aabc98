package import Hagen

/// Who belongs to the synchronous set, and in which order the store and the server learn of it.
///
/// The intuition: whoever promotes later reads the store, and the server acknowledges by its own setting. So a set is added to
/// the store before the server waits for it, and taken from the store only when enough of the next one have all
/// that was acknowledged under it. While both stand there, both have to be covered.
///
/// The case that surprises: taking a name away is not done when the server has forgotten it. What that standby alone
/// confirmed is with nobody else of the new set until the new set has caught up.
package enum SynchronousChange {
    package enum Step: Equatable, Sendable {
        /// The store and the server agree with what is wanted.
        case none
        /// The record is to carry these sets with its next renewal; nothing changes at the server yet.
        case publish([SynchronousSet])
        /// The server is to wait for this set; the store has it.
        case waitFor(SynchronousSet)
        /// The server waits for it; enough of them have not caught up yet.
        case confirming
    }

    /// Who should confirm writes now.
    ///
    /// - Parameters:
    ///   - present: who streams from the primary, and who did until a moment ago and may be back.
    ///   - current: the newest set; `nil`: none was ever published by this primary.
    /// - Returns: with `block` never fewer names than have to confirm, as far as the cluster has them: writes wait rather.
    package static func wanted(
        primary: String, members: [String], present: Set<String>, current: SynchronousSet?, acknowledgements: Int,
        onDegraded: Model.Replication.Degraded
    ) -> SynchronousSet {
        let known = Set(members).subtracting([primary])
        let names = present.intersection(known)
        if names.count >= acknowledgements {
            return SynchronousSet(primary: primary, standbys: names.sorted(), acknowledgements: acknowledgements)
        }
        switch onDegraded {
        case .continue:
            return SynchronousSet(primary: primary, standbys: names.sorted(), acknowledgements: names.count)
        case .block:
            // Those that are gone keep their names, else any standby of the cluster: the server waits for them.
            let before = Set(current?.standbys ?? []).intersection(known)
            let reserve = before.subtracting(names).sorted() + known.subtracting(names).subtracting(before).sorted()
            let filled = names.sorted() + reserve.prefix(acknowledgements - names.count)
            return SynchronousSet(primary: primary, standbys: filled, acknowledgements: acknowledgements)
        }
    }

    /// What is to be done next.
    ///
    /// - Parameters:
    ///   - stored: the sets of the record that is known to stand.
    ///   - server: what the server says it waits for; `nil`: nobody has told it, or it cannot be asked.
    ///   - confirmedFrom: how far the primary's log was when the server was first seen to wait for `wanted`; `nil`: it was
    ///     not yet.
    package static func step(
        wanted: SynchronousSet, stored: [SynchronousSet], server: SynchronousSet?, confirmedFrom: UInt64?,
        standbys: [DataReport.Standby]
    ) -> Step {
        if !stored.contains(wanted) { return .publish(stored + [wanted]) }
        guard server == wanted else { return .waitFor(wanted) }
        guard stored != [wanted] else { return .none }
        guard let confirmedFrom else { return .confirming }
        let caughtUp = standbys.count { wanted.standbys.contains($0.host) && $0.durable >= confirmedFrom }
        // Where it waits for nobody, the primary alone covers the set, and it has everything.
        return caughtUp >= wanted.acknowledgements ? .publish([wanted]) : .confirming
    }
}
