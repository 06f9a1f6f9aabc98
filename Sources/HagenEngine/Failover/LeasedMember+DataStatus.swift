package import Hagen

/// What others may know of a member's data.
extension LeasedMember {
    package var dataStatus: DataStatus? {
        guard settings.replication != nil else { return nil }
        let published = publishedData
        let reference = isPrimary ? data.report?.position : published?.position
        let members = settings.members.compactMap { host -> DataStatus.Member? in
            guard let position = dataPosition(of: host) else { return nil }
            return DataStatus.Member(
                host: host, position: position.description, lagInBytes: Self.lag(of: position, behind: reference),
                lag: replayDelay(of: host))
        }
        return DataStatus(
            primary: published?.primary, primaryEpoch: published?.epoch,
            published: published.map { $0.position.description }, publishedAt: published?.publishedAt,
            synchronousSets: (published?.sets ?? []).map {
                DataStatus.SynchronousSet(
                    primary: $0.primary, standbys: $0.standbys, acknowledgements: $0.acknowledgements)
            }, members: members)
    }

    /// What promoting that member would lose; `nil`: nothing is known of the cluster's data, or of that member's.
    package func loss(promoting host: String) -> Promotion.Loss? {
        guard let position = dataPosition(of: host) else { return nil }
        return Promotion.loss(DataReport(role: .replica, position: position), published: publishedData)
    }

    /// Who holds the lease and was promoted under it, as far as this member knows. A holder that still proves what it has
    /// is no primary.
    package func activePrimary(at now: Instant) -> String? {
        guard let holder = holder(at: now), let published = publishedData, published.primary == holder,
            published.epoch == observation?.value.record?.epoch
        else { return nil }
        return holder
    }

    private func replayDelay(of host: String) -> Duration? {
        if host == settings.host { return data.report?.replayDelay }
        return data.report?.standbys.first { $0.host == host }?.replayDelay
    }

    private static func lag(of position: ReplicationPosition, behind reference: ReplicationPosition?) -> UInt64? {
        guard let reference else { return nil }
        switch position.relation(to: reference) {
        case .same, .ahead: return 0
        case .behind(let bytes): return bytes
        case .diverged, .foreign: return nil
        }
    }
}
