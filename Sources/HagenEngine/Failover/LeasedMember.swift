package import Hagen

/// The machine of one member that needs a lease to be active: when it may act, when it must stop, when it may try.
///
/// The intuition: whoever can show that the lease's record stayed the same for a whole lease may replace exactly that
/// record, and a holder has stopped acting before anyone can show that.
///
///     phase       event                              next        directives
///     detached    supervisor: nothing runs           watching
///     detached    supervisor: an unexpired permit    adopting
///     detached    supervisor: anything else          clearing    kill
///     adopting    the record is ours, same epoch     active      write renew
///     adopting    the record is not                  clearing    kill
///     adopting    deadline                           clearing    kill
///     watching    the attempt's time                 watching    write acquire
///     watching    acquisition known, in time         securing    remember
///     watching    acquisition known, too late        releasing   write release
///     securing    memory is durable                  active      start, or promote a hot standby
///     securing    deadline, or memory fails          releasing   write release
///     securing    not secured for too long           releasing   write release
///     active      renewal is due                     active      write renew
///     active      renewal known                      active      extend
///     active      workload dead, restarts left       active      start
///     active      workload dead, none left           releasing   write release
///     active      check failed                       active      kill
///     active      deadline                           clearing    kill
///     active      workload not proved dead for long  clearing    kill (nothing is renewed: the lease runs out)
///     active      somebody else's record             clearing    kill (nothing is left to release)
///     active      stop requested                     clearing    stop (renewals go on until it is dead)
///     active      the store does not answer          active      ask; all have promised: extend
///     active      a handover is due                  clearing    stop, then release to the successor
///     watching    the holder asks for a promise      watching    promise
///     watching    the holder is suspected            watching    look, then fence; fenced: try at once
///     clearing    workload proved dead, lease ours   releasing   write release
///     clearing    workload proved dead, else         watching, or finished when asked to stop
///     releasing   release known, lost or given up    watching, or finished when asked to stop
///
/// The numbered rules in the comments are those of the project's safety page. The cases that surprise: an acknowledgement that
/// comes after the deadline revives nothing (rule 3); a released record still has to be waited for by an agent that
/// has just started (rule 2); an absent record is not a free lease for one that remembers an epoch (rule 5).
package struct LeasedMember: Equatable, Sendable {
    package let settings: Settings
    package internal(set) var phase = Phase.detached
    /// The last thing that was decided, and why, in words for a person.
    package internal(set) var reason = "waiting for its supervisor"
    /// The last word of the supervisor, `nil` before the first.
    package internal(set) var workload: SupervisorReport?
    /// Unexpected ends of the workload since this machine was made.
    package internal(set) var unexpectedEnds = 0
    /// Why the store is not trusted, in words; nothing is written while it stands.
    package internal(set) var hold: String?
    package internal(set) var memory: LeaseMemory?

    /// The store that the last answer came from.
    var readStoreID: String?
    var durableEpoch: UInt64
    var observation: Observation?
    var peers: [String: Peer] = [:]
    var writes: [PendingWrite] = []
    var nonces: NonceSequence
    var run: UInt64 = 0
    var isAlive = false
    var startedAt: Instant?
    /// Since when the workload is neither known to run nor proved dead.
    var unprovedSince: Instant?
    var restarts: RestartHistory
    var backoff = FailureBackoff()
    /// When the lease that it has was acquired.
    var acquiredAt: Instant?
    /// The last write of the memory failed, and is tried again when the wait is over.
    var isMemoryDue = false
    var memoryBackoff = FailureBackoff()
    var isMemoryFailing: Bool { memoryBackoff.failures > 0 }
    var attemptNotBefore: Instant?
    var isStopRequested = false
    var failure: String?
    var attachedAt: Instant?
    /// Rule 13: this member has promised not to try before then.
    var promisedUntil: Instant?
    var failsafe = Failsafe()
    var orders = Orders()
    /// The last order to switch over that was obeyed or refused.
    var answeredSwitchover: UInt64?
    /// The last one that has to wait for its target, and was said to.
    var waitingSwitchover: UInt64?
    /// When this member last gave back, and how often in a row it got what it had given back soon after.
    var gaveBackAt: Instant?
    var vainGiveBacks = 0
    /// To whom the lease is to be released, where that was chosen.
    var successor: String?
    var gate: Gate
    var fencing: FencingProgress?
    /// Of a cluster with data; see `LeasedMember+Data.swift`.
    var data = DataState()

    /// - Parameters:
    ///   - memory: what this host kept of the lease; `nil` where it never saw it.
    ///   - nonceSeed: random, so that no two lives of an agent write the same nonce.
    package init(settings: Settings, memory: LeaseMemory?, nonceSeed: UInt64) {
        let timing = settings.timing
        precondition(
            timing.renew < timing.stop && timing.stop < timing.duration,
            "a lease needs renew < stop < duration, not \(timing)")
        self.settings = settings
        self.memory = memory
        hold = memory?.hold
        gate = settings.isGated ? .unknown : .open
        durableEpoch = memory?.epoch ?? 0
        nonces = NonceSequence(seed: nonceSeed)
        restarts = RestartHistory(limit: settings.restartLimit, window: settings.restartWindow)
    }

    /// What never changes in the life of an agent.
    package struct Settings: Equatable, Sendable {
        package var host: String
        package var timing: LeaseTiming
        /// The hosts that may become active, the preferred one first.
        package var candidates: [Candidate]
        /// All members, candidates or not, this host among them, sorted.
        package var members: [String]
        package var standby: Model.ProcessWorkload.Standby
        package var restartLimit: Int
        package var restartWindow: Duration
        /// How old the last greeting of a peer may be for the peer to count when candidates are put in order.
        package var freshness: Duration
        /// Readiness depends on something besides the member, which `gateChanged` tells.
        package var isGated = false
        /// How long the first candidate must have been ready until this member hands over to it; `nil`: never.
        package var giveBackAfter: Duration?
        /// How long this member waits from its suspicion until it fences a holder; `nil`: nothing can be fenced.
        package var fencingDelay: Duration?
        /// How long the workload may take to be proved dead until the lease is left to run out.
        package var endingPatience: Duration = .seconds(10)
        /// How the members of a cluster with data keep copies; `nil`: there is no data that anything depends on.
        package var replication: ReplicationPolicy?
        /// For tests of the tests alone.
        package var planted: PlantedFault?

        /// - Parameter members: unsaid, the candidates and this host.
        package init(
            host: String, timing: LeaseTiming, candidates: [Candidate], members: [String]? = nil,
            standby: Model.ProcessWorkload.Standby, restartLimit: Int, restartWindow: Duration, freshness: Duration,
            planted: PlantedFault? = nil
        ) {
            self.host = host
            self.timing = timing
            self.candidates = candidates
            self.members = members ?? Set(candidates.map(\.host) + [host]).sorted()
            self.standby = standby
            self.restartLimit = restartLimit
            self.restartWindow = restartWindow
            self.freshness = freshness
            self.planted = planted
        }

        var isCandidate: Bool { candidates.contains { $0.host == host } }
        /// Two attempts fit between the moment at which a renewal is due and the deadline.
        var attemptTimeout: Duration { (timing.stop - timing.renew) / 2 }
        /// From a failed write to the next.
        var retryDelay: Duration { timing.renew / 5 }
    }

    /// A host that may become active.
    package struct Candidate: Equatable, Sendable {
        package var host: String
        /// Higher is preferred.
        package var priority: Int
        /// The host's failure domain.
        package var zone: String?

        package init(host: String, priority: Int, zone: String? = nil) {
            self.host = host
            self.priority = priority
            self.zone = zone
        }
    }

    /// A bug that the tests plant to prove that they would find it.
    package enum PlantedFault: String, Equatable, Sendable, CaseIterable {
        /// Against rule 3: the deadline counts from the arrival of the acknowledgement.
        case deadlineFromAcknowledgement
        /// Against rule 1: a swap compares the newest revision, not the one whose age was measured.
        case swapAgainstFreshRevision
        /// Against rule 3: what was decided before the agent was frozen is acted on after it, as if no time had passed.
        case cachedViewAfterResume
        /// Against rule 13: a majority of promises is taken for all.
        case failsafeWithMajority
        /// Against rule 11: the set is changed in the store before the server waits for it.
        case setNarrowedInStoreFirst
        /// Against rule 11: whoever has the highest timeline is taken for the one with the newest data.
        case highestTimelineWins
    }

    package enum Phase: Equatable, Sendable {
        case detached
        case adopting(Permit)
        case watching
        case securing(Holding)
        case active(Holding)
        case clearing(Clearing)
        case releasing(Holding, until: Instant)
        case finished
    }

    /// A lease that was acquired, from the holder's side.
    package struct Holding: Equatable, Sendable {
        package var epoch: UInt64
        /// Of the last write of ours that is known to stand.
        package var revision: Int64
        /// The send of that write and the stop time.
        package var deadline: Instant
        /// When the next renewal is to be written.
        var renewAt: Instant
    }

    /// The workload has to end before anything else.
    package struct Clearing: Equatable, Sendable {
        /// `nil`: nothing is ours to release.
        var holding: Holding?
        /// SIGKILL was ordered: the deadline has passed or the lease is lost.
        var isKilled: Bool
    }

    /// What was seen of the lease's record, and since when it has been so.
    struct Observation: Equatable, Sendable {
        var value: LeaseValue
        /// Of the record, or of the store when the key was seen to be absent.
        var revision: Int64
        var seen: Instant
        /// Seen by the first read of this agent's life.
        var isFirst: Bool
    }

    struct Peer: Equatable, Sendable {
        var seen: Instant
        /// Since when every greeting has said that it would take the lease; `nil`: the last one has not.
        var readySince: Instant?
        /// Why it would not, in words.
        var problem: String?
        var epoch: UInt64
        var suspicion = SuspicionDetector()
    }

    /// What a gated member waits for.
    enum Gate: Equatable, Sendable {
        /// Nobody has looked at it yet: no reason to become active, and none to hand over.
        case unknown
        case open
        /// Why, in words.
        case closed(String)
    }

    /// A write without a known outcome.
    struct PendingWrite: Equatable, Sendable {
        var write: LeaseWrite
        var sent: Instant
        /// No answer in time, or an answer that says nothing: the nonce will tell.
        var isDoubtful = false
    }
}

/// Numbers that do not repeat, from a seed (the finalizer of SplitMix64).
struct NonceSequence: Equatable, Sendable {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
