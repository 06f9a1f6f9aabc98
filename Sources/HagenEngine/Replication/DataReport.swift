package import Hagen

/// What an adapter observed of this host's own data: the whole truth each time, never a difference.
package struct DataReport: Codable, Equatable, Sendable {
    package enum Role: String, Codable, Equatable, Sendable {
        /// The server takes writes.
        case primary
        /// The server replays what it receives.
        case replica
        /// No server runs; the position was read from its files.
        case stopped
    }
    package var role: Role
    /// By this host's clock, for people.
    package var observedAt: WallTime?
    /// What is durable here, received and not yet replayed included; `nil`: there is no data yet, or `obstacle` says
    /// why it cannot be read.
    package var position: ReplicationPosition?
    /// Rule 11: nothing is received from a primary of an epoch below this one, and never will be, also after a restart. 0: no
    /// such promise was made.
    package var stoppedBelow: UInt64
    /// Why it could not be promoted now; `nil`: nothing speaks against it but what the machine decides by itself.
    package var obstacle: DataObstacle?
    /// From whom it receives, and the epoch that it was told to follow.
    package var upstream: Upstream?
    /// How far what is replayed is behind the primary in time, as the server says; replica only.
    @DurationText package var replayDelay: Duration?
    /// Primary only: the set that the *server* waits for now, as the server itself says.
    package var waitsFor: SynchronousSet?
    /// Primary only: the standbys that stream from it, sorted by host.
    package var standbys: [Standby]

    package struct Upstream: Codable, Equatable, Sendable {
        package var host: String
        package var epoch: UInt64

        package init(host: String, epoch: UInt64) {
            self.host = host
            self.epoch = epoch
        }
    }

    /// What a primary sees of one that streams from it.
    package struct Standby: Codable, Equatable, Sendable {
        package var host: String
        /// On the primary's history: what the standby said is durable there, in bytes of the log.
        package var durable: UInt64
        /// It has caught up with what was written before it connected.
        package var isStreaming: Bool
        @DurationText package var replayDelay: Duration?

        package init(host: String, durable: UInt64, isStreaming: Bool, replayDelay: Duration? = nil) {
            self.host = host
            self.durable = durable
            self.isStreaming = isStreaming
            self.replayDelay = replayDelay
        }
    }

    package init(
        role: Role, position: ReplicationPosition?, stoppedBelow: UInt64 = 0, obstacle: DataObstacle? = nil,
        upstream: Upstream? = nil, replayDelay: Duration? = nil, waitsFor: SynchronousSet? = nil,
        standbys: [Standby] = [], observedAt: WallTime? = nil
    ) {
        self.role = role
        self.position = position
        self.stoppedBelow = stoppedBelow
        self.obstacle = obstacle
        self.upstream = upstream
        self.replayDelay = replayDelay
        self.waitsFor = waitsFor
        self.standbys = standbys
        self.observedAt = observedAt
    }
}

/// What keeps a member's data from being promoted, as its adapter sees it.
package enum DataObstacle: Codable, Equatable, Sendable {
    /// A clone or a rewind is under way.
    case cloning
    /// Replay was paused by somebody.
    case replayPaused
    /// The log has not moved although there is more of it; in words.
    case recoveryStuck(String)
    /// It takes the log from an archive and may be anywhere behind.
    case archiveRestore
    /// A rewind failed, or the files are damaged: never started again, cloned anew.
    case poisoned(String)
    /// It is older than what this host had before: put back from a backup, so that it lacks what it once confirmed.
    case restored(String)
    /// A bounded write to its disk failed or hung.
    case diskFailed(String)
    /// The server does not answer, or its files cannot be read.
    case unreadable(String)
    /// The files are of another kind or version than the cluster's.
    case unusable(String)

    /// Whether its position is still all that it ever confirmed, so that it counts as a report (rule 11).
    package var keepsPosition: Bool {
        switch self {
        case .replayPaused, .recoveryStuck, .archiveRestore, .diskFailed: true
        case .cloning, .poisoned, .restored, .unreadable, .unusable: false
        }
    }

    package var text: String {
        switch self {
        case .cloning: "its data is being copied"
        case .replayPaused: "its replay is paused"
        case .recoveryStuck(let words): "its recovery is stuck: \(words)"
        case .archiveRestore: "it is restored from an archive"
        case .poisoned(let words): "its data directory is poisoned and has to be cloned anew: \(words)"
        case .restored(let words): "its data is older than what it had, as after a restored backup: \(words)"
        case .diskFailed(let words): "its disk fails: \(words)"
        case .unreadable(let words): "its data cannot be read: \(words)"
        case .unusable(let words): "its data cannot be used: \(words)"
        }
    }
}
