package import Hagen

/// Whether a member's data may become the primary's, and why not.
///
/// The intuition: the record in the store is the last word of a primary. Whoever's data holds all that a client may have
/// been told is safe may be promoted, and nobody else, however new it looks.
package enum Promotion {
    /// Why a member is not promoted.
    package enum Refusal: Equatable, Sendable {
        case notObserved
        case obstacle(DataObstacle)
        /// It has no data, and others have.
        case empty
        /// Of another database than the cluster's.
        case foreign
        /// Its history left the primary's at that offset.
        case diverged(at: UInt64)
        /// Asynchronous: further behind than allowed.
        case behind(bytes: UInt64, maximum: UInt64)
        /// Synchronous: these sets are not covered by those who can report; the hosts that could help, sorted.
        case unproved(missing: [String])
        /// Synchronous: that host has data that this one has not.
        case notNewest(host: String, bytes: UInt64)
        /// Synchronous: two that reported have data of different histories.
        case split(String, String, at: UInt64)
        /// The set was changed too often without being confirmed.
        case tooManySets

        package var text: String {
            switch self {
            case .notObserved: "its data was not looked at yet"
            case .obstacle(let obstacle): obstacle.text
            case .empty: "it has no data yet"
            case .foreign: "its data is of another database than the cluster's"
            case .diverged(let offset):
                "its data left the primary's history at \(LogOffset(bytes: offset))"
            case .behind(let bytes, let maximum):
                "its data is \(bytes) bytes behind the primary's last known position, at most \(maximum) are allowed"
            case .unproved(let missing):
                "nobody can tell who has every acknowledged write until \(missing.joined(separator: " or ")) reports"
            case .notNewest(let host, let bytes): "\(host) has \(bytes) bytes more"
            case .split(let left, let right, let offset):
                "the data of \(left) and \(right) differ from \(LogOffset(bytes: offset)) on: a person has to decide"
            case .tooManySets: "the synchronous set was changed too often without being confirmed"
            }
        }
    }

    /// Whether a member should try to become the primary at all. Synchronous: the proof is left to the exchange that
    /// follows an acquisition; here only those are kept away who cannot win it.
    ///
    /// - Parameters:
    ///   - published: `nil`: the cluster never had a primary.
    ///   - othersHaveData: another member is known to have data; matters only before the first primary.
    /// - Returns: `nil`: it may.
    package static func refusal(
        of host: String, _ report: DataReport?, policy: ReplicationPolicy, published: PublishedData?,
        othersHaveData: Bool
    ) -> Refusal? {
        guard let report else { return .notObserved }
        if let obstacle = report.obstacle { return .obstacle(obstacle) }
        guard let published else { return report.position == nil && othersHaveData ? .empty : nil }
        guard let position = report.position else { return .empty }
        let isSynchronous = policy.isSynchronous || !published.sets.isEmpty
        switch position.relation(to: published.position) {
        case .foreign: return .foreign
        case .diverged(let offset): return .diverged(at: offset)
        case .same, .ahead: return nil
        case .behind(let bytes):
            // A primary publishes what it has written; its standbys may have less of it than was acknowledged to nobody.
            if isSynchronous { return nil }
            guard case .asynchronous(let maximum) = policy, bytes > maximum else { return nil }
            return .behind(bytes: bytes, maximum: maximum)
        }
    }

    /// What the reports of those who have stopped receiving say.
    package enum Verdict: Equatable, Sendable {
        /// This member has every acknowledged write.
        case promote
        /// That host has, and more than this one.
        case handOver(to: String, bytes: UInt64)
        /// Not yet, or never: more reports may change it.
        case wait(Refusal)
    }

    /// Rule 11. The candidate's own report is one of them.
    ///
    /// - Parameter reports: of those who have stopped receiving from every epoch below the new one, durably; their positions.
    package static func verdict(
        for host: String, reports: [String: ReplicationPosition], published: PublishedData
    ) -> Verdict {
        guard published.sets.count <= PublishedData.maximumSets else { return .wait(.tooManySets) }
        guard let own = reports[host] else { return .wait(.notObserved) }
        switch own.relation(to: published.position) {
        case .foreign: return .wait(.foreign)
        case .diverged(let offset): return .wait(.diverged(at: offset))
        case .same, .ahead, .behind: break
        }
        // Who left the history that was acknowledged may lack of it whatever came later: it proves nothing.
        let counted = reports.filter { _, position in
            switch position.relation(to: published.position) {
            case .same, .ahead, .behind: true
            case .diverged, .foreign: false
            }
        }
        // The policy has become synchronous since: nothing is known of who confirmed what.
        if published.sets.isEmpty, case .behind(let bytes) = own.relation(to: published.position) {
            return .wait(.behind(bytes: bytes, maximum: 0))
        }
        let hosts = Set(counted.keys)
        let open = published.sets.filter { !$0.isCovered(by: hosts) }
        guard open.isEmpty else {
            let missing = Set(open.flatMap { $0.standbys + [$0.primary] }).subtracting(hosts)
            return .wait(.unproved(missing: missing.sorted()))
        }
        var best = (host: host, position: own, bytes: UInt64(0))
        for (other, position) in counted.sorted(by: { $0.key < $1.key }) where other != host {
            switch position.relation(to: best.position) {
            case .ahead:
                let lead = if case .ahead(let bytes) = position.relation(to: own) { bytes } else { UInt64(0) }
                best = (other, position, lead)
            case .diverged(let offset): return .wait(.split(best.host, other, at: offset))
            case .same, .behind, .foreign: break
            }
        }
        return best.host == host ? .promote : .handOver(to: best.host, bytes: best.bytes)
    }

    /// What promoting this member would lose, for a person who is about to order it.
    package struct Loss: Codable, Equatable, Sendable {
        /// The primary whose writes would be lost, and the epoch in which it was promoted.
        package var primary: String
        package var epoch: UInt64
        package var published: ReplicationPosition
        package var own: ReplicationPosition
        /// Known to be lost; `nil`: the histories differ, so all that was written since they parted.
        package var bytes: UInt64?
        /// What was written after the last publication cannot be known.
        package var publishedAt: WallTime?

        /// `524288 bytes of a's (epoch 4, timeline 1, 0/3000060), which published them last at …; this host has …`
        package var text: String {
            let amount = bytes.map { "\($0) bytes" } ?? "all, for it is another database,"
            let last = publishedAt.map { ", which told of its position last at \($0)" } ?? ""
            return
                "\(amount) of what \(primary) wrote as the primary of epoch \(epoch) (\(published.shortText))\(last), "
                + "and whatever it wrote after that; this data is at \(own.shortText)"
        }
    }

    /// `nil` where nothing is known of the cluster's data or of this member's.
    package static func loss(_ report: DataReport?, published: PublishedData?) -> Loss? {
        guard let published, let own = report?.position else { return nil }
        let bytes: UInt64? =
            switch own.relation(to: published.position) {
            case .same, .ahead: 0
            case .behind(let bytes): bytes
            case .diverged(let offset): published.position.offset > offset ? published.position.offset - offset : 0
            case .foreign: nil
            }
        return Loss(
            primary: published.primary, epoch: published.epoch, published: published.position, own: own, bytes: bytes,
            publishedAt: published.publishedAt)
    }
}
