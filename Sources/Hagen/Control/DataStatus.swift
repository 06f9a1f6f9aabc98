/// The data of a cluster, as one of its agents knows it.
package struct DataStatus: Codable, Equatable, Sendable {
    /// The primary that published last, and the epoch in which it was promoted; `nil`: there was none yet.
    package var primary: String?
    package var primaryEpoch: UInt64?
    /// How far its log was then, as text.
    package var published: String?
    package var publishedAt: WallTime?
    /// Synchronous: whom writes wait for; more than one while the set is changed or a new primary has not caught up. Every one
    /// of them has to be covered before anybody is promoted.
    package var synchronousSets: [SynchronousSet]
    /// Of every member that said how far its data is, sorted by host.
    package var members: [Member]

    package struct SynchronousSet: Codable, Equatable, Sendable {
        package var primary: String
        package var standbys: [String]
        /// 0: it waits for nobody.
        package var acknowledgements: Int

        package init(primary: String, standbys: [String], acknowledgements: Int) {
            self.primary = primary
            self.standbys = standbys
            self.acknowledgements = acknowledgements
        }
    }

    package struct Member: Codable, Equatable, Sendable {
        package var host: String
        /// As text: the history and the offset.
        package var position: String
        /// Behind the primary's last published position, or behind the primary where that is this agent's member; `nil`: its
        /// history is another one.
        package var lagInBytes: UInt64?
        /// How far what it replays is behind in time, as its server says; `nil`: not known here.
        @DurationText package var lag: Duration?

        package init(host: String, position: String, lagInBytes: UInt64?, lag: Duration? = nil) {
            self.host = host
            self.position = position
            self.lagInBytes = lagInBytes
            self.lag = lag
        }
    }

    package init(
        primary: String?, primaryEpoch: UInt64?, published: String?, publishedAt: WallTime?,
        synchronousSets: [SynchronousSet], members: [Member]
    ) {
        self.primary = primary
        self.primaryEpoch = primaryEpoch
        self.published = published
        self.publishedAt = publishedAt
        self.synchronousSets = synchronousSets
        self.members = members
    }
}
