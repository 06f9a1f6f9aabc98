internal import Hagen

/// A holder that is suspected can be ended for certain, and need not be waited for then.
///
/// Suspicion alone decides nothing: it makes this member look at the store, and, where the record still stands, fence
/// the host that it names. Only a fence that is known to have worked stands in for the lease's end; one that failed
/// changes nothing, and the lease runs out as ever. Of two that fence each other the one with the shorter delay wins.
extension LeasedMember {
    /// From a fence that failed to the next.
    static let fencingRetry: Duration = .seconds(5)

    struct FencingProgress: Equatable, Sendable {
        enum Stage: Equatable, Sendable {
            /// Since then the store is asked whether the record still stands.
            case looking(Instant)
            /// The record stood; the delay ends then.
            case waiting(Instant)
            case running
            case failed(retryAt: Instant)
            case succeeded
        }
        var holder: String
        var epoch: UInt64
        /// Of the record that stood when the holder was suspected.
        var revision: Int64
        var stage: Stage
    }

    /// - Parameter problem: why it is not known to be off, in words; `nil`: it is.
    package mutating func fenced(
        _ host: String, epoch: UInt64, problem: String?, at now: Instant
    ) -> [MemberDirective] {
        var directives = expire(at: now)
        if var progress = fencing, progress.holder == host, progress.epoch == epoch, progress.stage == .running {
            progress.stage = problem == nil ? .succeeded : .failed(retryAt: now + Self.fencingRetry)
            fencing = progress
            let words = problem.map { "could not be fenced: \($0); its lease has to run out" } ?? "was fenced"
            directives.append(decided("\(host) \(words)", epoch: epoch, as: problem == nil ? .fenced : .fencingFailed))
        }
        return directives + advance(at: now)
    }

    /// Whether the holder of exactly this record was ended for certain.
    func isFenced(_ observation: Observation) -> Bool {
        guard let fencing, fencing.stage == .succeeded else { return false }
        return observation.value.revision == fencing.revision && observation.value.record?.epoch == fencing.epoch
    }

    /// When there is something to do about a suspected holder; `nil` where there is not.
    func fencingTime(at now: Instant) -> Instant? {
        guard let suspect = suspect(at: now) else { return suspicionTime(at: now) }
        guard let fencing, fencing.revision == suspect.revision else { return now }
        switch fencing.stage {
        case .looking(let since): return since + settings.timing.renew
        case .waiting(let until): return until
        case .failed(let retryAt): return retryAt
        case .running, .succeeded: return nil
        }
    }

    mutating func fenceIfDue(at now: Instant) -> [MemberDirective] {
        guard let suspect = suspect(at: now) else {
            if fencing?.stage != .running { fencing = nil }
            return []
        }
        guard var progress = fencing, progress.revision == suspect.revision else {
            guard fencing?.stage != .running else { return [] }
            fencing = suspect
            return [
                decided("suspects \(suspect.holder): looks at the lease", epoch: suspect.epoch, as: .suspected), .look,
            ]
        }
        switch progress.stage {
        case .looking(let since) where since + settings.timing.renew <= now:
            progress.stage = .looking(now)
            fencing = progress
            return [.look]
        case .waiting(let until) where until <= now, .failed(let until) where until <= now:
            progress.stage = .running
            fencing = progress
            return [
                decided("fences \(progress.holder)", epoch: progress.epoch, as: .fencing),
                .fence(host: progress.holder, epoch: progress.epoch),
            ]
        case .looking, .waiting, .failed, .running, .succeeded: return []
        }
    }

    /// A linearizable read shows the record: whoever can see that is on the store's side of a partition.
    mutating func recordStillStands(revision: Int64, at now: Instant) {
        guard var progress = fencing, case .looking = progress.stage, progress.revision == revision,
            let delay = settings.fencingDelay
        else { return }
        progress.stage = .waiting(now + delay)
        fencing = progress
    }

    private func suspect(at now: Instant) -> FencingProgress? {
        guard settings.fencingDelay != nil, phase == .watching, hold == nil, !isStopRequested, !orders.isPaused,
            settings.isCandidate, gate == .open, !isDrained, let observation, let record = observation.value.record,
            !record.released, record.holder != settings.host, mayReplace(record),
            observation.seen + settings.timing.renew * 2 <= now, let peer = peers[record.holder],
            peer.suspicion.isSuspected(at: now), !isUnprovedForLong(at: now), dataRefusal(at: now) == nil
        else { return nil }
        return FencingProgress(
            holder: record.holder, epoch: record.epoch, revision: observation.value.revision, stage: .looking(now))
    }

    /// When the holder will be suspected if nothing more is heard of it.
    private func suspicionTime(at now: Instant) -> Instant? {
        guard settings.fencingDelay != nil, let observation, let record = observation.value.record, !record.released,
            record.holder != settings.host, let suspected = peers[record.holder]?.suspicion.suspectedAt
        else { return nil }
        let moment = max(suspected, observation.seen + settings.timing.renew * 2)
        return moment > now ? moment : nil
    }
}
