package import Hagen

/// What a world is made of; what happens in it comes from the seed and the plan of faults.
package struct WorldSettings: Equatable, Sendable {
    package struct Host: Equatable, Sendable {
        package var name: String
        package var zone: String
        /// It runs an agent of the cluster; others carry a member of the store at most.
        package var isMember: Bool
        package var isCandidate: Bool
        /// Higher is preferred.
        package var priority = 100
        /// How long it waits from its suspicion until it takes the power from a holder; `nil`: it cannot.
        package var fencingDelay: Duration?

        package init(name: String, zone: String = "", isMember: Bool = true, isCandidate: Bool = true) {
            self.name = name
            self.zone = zone
            self.isMember = isMember
            self.isCandidate = isCandidate
        }
    }

    package struct Store: Equatable, Sendable {
        /// Indices of the hosts that carry a member of the store; at least one.
        package var hosts: [Int]
        /// How long the members wait for their leader before they elect another one; they wait up to twice as long.
        package var election: Duration
        /// The host whose member leads at first; unsaid, the seed chooses.
        package var leader: Int?

        /// As a release sets it, and where one of its leases is declared aggressive. The simulator cannot see the compiler:
        /// a test keeps these the same as what it writes.
        package static let election: Duration = .milliseconds(250)
        package static let aggressiveElection: Duration = .milliseconds(200)
        /// A lease that lasts for fewer elections than this has to be declared aggressive.
        package static let electionsPerLease = 4

        package init(hosts: [Int], election: Duration = Self.election, leader: Int? = nil) {
            self.hosts = hosts
            self.election = election
            self.leader = leader
        }
    }

    package struct Workload: Equatable, Sendable {
        package var standby: Model.ProcessWorkload.Standby
        package var restartLimit: Int
        package var restartWindow: Duration
        /// From the start of its process until it serves, and from the promotion of a hot standby.
        package var start: Duration
        package var promotion: Duration
        /// From SIGTERM until it has ended, and from SIGTERM to SIGKILL.
        package var stop: Duration
        package var stopTimeout: Duration

        package init(
            standby: Model.ProcessWorkload.Standby = .cold, restartLimit: Int = 0,
            restartWindow: Duration = .seconds(60), start: Duration = .milliseconds(20),
            promotion: Duration = .milliseconds(1), stop: Duration = .milliseconds(10),
            stopTimeout: Duration = .seconds(5)
        ) {
            self.standby = standby
            self.restartLimit = restartLimit
            self.restartWindow = restartWindow
            self.start = start
            self.promotion = promotion
            self.stop = stop
            self.stopTimeout = stopTimeout
        }
    }

    /// The preferred candidate first.
    package var hosts: [Host]
    package var timing: LeaseTiming
    package var heartbeat: Duration
    package var store: Store
    package var workload: Workload
    /// The active one carries a virtual address; else clients find it by themselves.
    package var hasAddress = true
    /// The kernel lets the service through only while the permit lasts (rule 8). Without it nothing stops a workload whose
    /// supervisor and agent are frozen both, nor one that wakes up with its frozen host a moment before its supervisor does.
    package var hasPermitGate = true
    /// A member is ready, and stays active, only while what its host serves besides is well: an address group, whose gate is
    /// the balancer or the cluster's member of its host.
    package var isGated = false
    /// How many clients write and read; none at all where only the members are watched.
    package var clientCount = 2
    /// Between two operations of one client.
    package var clientPause: Duration = .milliseconds(100)
    /// How long the preferred member must have been ready until it gets the lease back; `nil`: never.
    package var giveBackAfter: Duration?
    /// From the order to take the power from a host until it is known to be off.
    package var fencingDuration: Duration = .milliseconds(200)
    /// Every host's clock runs too fast or too slow by this much at most.
    package var clockRateErrorInPartsPerMillion: Int64 = 1000
    /// For tests of the tests alone.
    package var planted: PlantedBug?

    package init(
        hosts: [Host], timing: LeaseTiming, heartbeat: Duration = .milliseconds(100), store: Store,
        workload: Workload = Workload()
    ) {
        precondition(!hosts.isEmpty && !store.hosts.isEmpty, "a world needs hosts and a store, not \(hosts), \(store)")
        self.hosts = hosts
        self.timing = timing
        self.heartbeat = heartbeat
        self.store = store
        self.workload = workload
    }

    /// Three members a, b and c with the default times; each carries a member of the store.
    package static let threeHosts = WorldSettings(
        hosts: ["a", "b", "c"].map { Host(name: $0, zone: $0) },
        timing: LeaseTiming(duration: .seconds(1), renew: .milliseconds(250), stop: .milliseconds(800)),
        store: Store(hosts: [0, 1, 2]))
}

extension WorldSettings {
    /// Between two looks of an agent at its gate, as the running one has it.
    package static let gateInterval = WorstCaseTimes.gateInterval

    /// Every member has a fence agent, with the delays that a release gives them: where two fence each other, the one that is
    /// preferred as active one stays.
    package mutating func fence() {
        for index in hosts.indices where hosts[index].isMember {
            hosts[index].fencingDelay = index == 0 ? .zero : timing.fencingDelay
        }
    }

    /// An address group: no workload, no data and no clients of its own, and a gate.
    package mutating func carryAddressesOnly() {
        workload = Workload(start: .zero, stop: .zero, stopTimeout: .zero)
        (isGated, hasAddress, hasPermitGate, clientCount) = (true, true, false, 0)
    }

    package var canFence: Bool { hosts.contains { $0.fencingDelay != nil } }
}

/// A bug that the tests plant to prove that the checkers would find it.
package enum PlantedBug: String, CaseIterable, Equatable, Sendable {
    /// Against rule 1: a renewal overwrites whatever stands there.
    case unconditionalRenewal
    /// Against rule 1: a swap compares the newest revision, not the one whose age was measured.
    case swapAgainstFreshRevision
    /// Against rule 3: the deadline counts from the arrival of the acknowledgement.
    case deadlineFromAcknowledgement
    /// Against rule 14: the workload's data take a write of an older epoch.
    case epochUncheckedAtWorkload
    /// Against rule 11: a write is acknowledged, and read, a while before the data have it.
    case acknowledgedBeforeWritten
    /// Against rule 3: what was decided before the agent was frozen is acted on after it, as if no time had passed.
    case cachedViewAfterResume
    /// Against rule 2: after a freeze of the supervisor the permit lasts for as long as was left of it before.
    case permitOutlastsFreeze
    /// Against rule 13: a majority of promises is taken for all.
    case failsafeWithMajority
    /// Against rule 2: deadlines are kept on the wall clock, which people and NTP set.
    case deadlineOnWallClock
    /// Against rule 15: the virtual address stays when the permit ends.
    case addressKeptAfterExpiry
}
