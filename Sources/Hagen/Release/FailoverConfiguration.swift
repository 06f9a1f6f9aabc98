/// `failover.json`: what the agent of one host runs and decides about.
///
/// No folder stands in any engine's configuration: the sockets lie in `RUNTIME_DIRECTORY`, what must survive a restart
/// in `STATE_DIRECTORY`, secrets in `CREDENTIALS_DIRECTORY`, as systemd (or the lab) sets them.
package struct FailoverConfiguration: EngineConfiguration {
    package static let engine = Engine.failover
    package static let schemaVersion: Int = 1
    package var schemaVersion: Int = Self.schemaVersion
    package var topology: String
    package var host: String
    /// `nil` where no cluster of the host needs a lease.
    package var store: StoreAddress?
    /// `nil` where no cluster of the host has other members to greet, or balancers to answer.
    package var heartbeat: Heartbeat?
    /// Sorted by name.
    package var clusters: [Cluster]

    package init(
        topology: String, host: String, store: StoreAddress?, heartbeat: Heartbeat?, clusters: [Cluster]
    ) {
        self.topology = topology
        self.host = host
        self.store = store
        self.heartbeat = heartbeat
        self.clusters = clusters
    }

    /// Longer than the agent needs to stop in order: its workloads end at the same time, and the hooks of each one after
    /// the other.
    package var maximumStopTime: Duration {
        let workload = clusters.map(\.workload.stopTimeout).max() ?? .zero
        let hooks = clusters.map { $0.hooks.map(\.timeout).reduce(.zero, +) }.max() ?? .zero
        return workload + hooks + .seconds(10)
    }

    /// Messages between the agents over UDP: greetings, which order the candidates, and the promises that let a holder
    /// go on when the store is lost. And what balancers ask them.
    package struct Heartbeat: Codable, Equatable, Sendable {
        package var listen: SocketAddress
        @DurationText package var every: Duration
        /// Agents of other hosts that share a cluster with this one, sorted by host.
        package var peers: [HostAddress]
        /// Hosts whose balancers follow a cluster of this host's and may ask who is active; sorted by host.
        package var followers: [Follower]
        /// The credential with the key that all agents of the topology share; `nil`: nothing is authenticated, which is
        /// for loopback only.
        package var key: String?

        package init(
            listen: SocketAddress, every: Duration, peers: [HostAddress], followers: [Follower] = [], key: String? = nil
        ) {
            self.listen = listen
            self.every = every
            self.peers = peers
            self.followers = followers
            self.key = key
        }

        package struct Follower: Codable, Equatable, Sendable {
            package var host: String
            /// What its balancer asks from, with a port that the kernel chooses.
            package var address: IPAddress

            package init(host: String, address: IPAddress) {
                self.host = host
                self.address = address
            }
        }
    }

    /// This host's part in one cluster.
    package struct Cluster: Codable, Equatable, Sendable {
        package enum Mode: String, Codable, Equatable, Sendable {
            case activePassive = "active-passive"
            case activeActive = "active-active"
            /// No lease: the member is active whenever its agent runs.
            case loadBalancing = "load-balancing"
            /// A group of virtual IPs without a workload of its own: one member at a time carries them, by a lease
            /// like that of an active-passive cluster.
            case addresses

            /// All members compete for one lease.
            package var sharesLease: Bool { self == .activePassive || self == .addresses }
        }
        /// Names of clusters become those of sockets, whose paths are short.
        package static let maximumNameByteCount = 64
        package var name: String
        package var mode: Mode
        package var workload: Workload
        /// Where the workload listens on this host; told to it as `HAGEN_ADDRESS` and `HAGEN_PORT`.
        package var address: String
        package var port: Int?
        /// All members, in the order in which they are preferred as active one.
        package var members: [Member]
        /// `nil` for load-balancing.
        package var lease: LeaseTiming?
        /// A check that an active member must pass to stay active.
        package var check: CheckConfiguration?
        /// Carried by the active member, and by nobody else; sorted by address.
        package var addresses: [VirtualAddress] = []
        /// What must be well on this host for its member to become and to stay active.
        package var gate: Gate?
        /// How long the first of the members must have been ready until another hands over to it; `nil`: whoever is
        /// active stays so.
        package var giveBackAfter: DurationText<Duration>?
        /// What ends a member that cannot end itself, in the order in which it is tried, besides its own supervisor.
        package var fencing: [FencingLevel] = []
        /// Commands that run on this host when the role of its member changes.
        package var hooks: [Hook] = []
        /// The port that the kernel lets clients reach only while the permit is renewed (nftables); `nil`: no such
        /// layer.
        package var permitPort: Int?
        /// When a switchover may be scheduled for; `nil`: by its time alone.
        package var maintenance: Model.MaintenanceWindow?
        /// How the members keep copies of the workload's data; `nil`: it has none that anything depends on.
        package var replication: Model.Replication?

        /// How long the agent of that host waits before it fences; `nil`: it has nothing to fence with.
        package func fencingDelay(on host: String) -> Duration? {
            let delays = fencing.compactMap { level -> Duration? in
                if case .agent(_, _, let delay) = level { delay.wrappedValue } else { nil }
            }
            // Where two fence each other, the one that is preferred as active one stays.
            return members.first?.host == host ? delays.min().map { _ in .zero } : delays.min()
        }

        package init(
            name: String, mode: Mode, workload: Workload, address: String, port: Int?, members: [Member],
            lease: LeaseTiming?, check: CheckConfiguration? = nil
        ) {
            self.name = name
            self.mode = mode
            self.workload = workload
            self.address = address
            self.port = port
            self.members = members
            self.lease = lease
            self.check = check
        }
    }

    package struct Member: Codable, Equatable, Sendable {
        package var host: String
        package var priority: Int
        package var candidate: Bool
        /// The host's failure domain.
        package var zone: String?

        package init(host: String, priority: Int, candidate: Bool, zone: String? = nil) {
            self.host = host
            self.priority = priority
            self.candidate = candidate
            self.zone = zone
        }
    }

    /// A virtual IP and where it is put.
    package struct VirtualAddress: Codable, Equatable, Sendable {
        package var address: IPAddress
        /// 32 or 128: a host route of its own, so that no other address of the interface depends on it.
        package var prefixLength: Int
        package var interface: String

        package init(address: IPAddress, prefixLength: Int, interface: String) {
            self.address = address
            self.prefixLength = prefixLength
            self.interface = interface
        }
    }

    /// What a member's readiness depends on besides itself.
    package enum Gate: Codable, Equatable, Sendable {
        /// This host's member of that cluster is active, and its workload runs.
        case member(cluster: String)
        /// Something listens there on this host.
        case listener(SocketAddress)
    }

    /// One way to end another host for certain.
    package enum FencingLevel: Codable, Equatable, Sendable {
        /// A device of this host that resets it when it is not told to wait.
        case watchdog(device: String)
        /// A fence agent of Debian's `fence-agents`, by its parameters for each member's host. A value may name
        /// credentials (`{credential.NAME}`). `delay`: how long this host waits before it uses the agent, so that two
        /// that fence each other do not both succeed.
        case agent(name: String, parameters: [String: [String: String]], delay: DurationText<Duration>)

        package var isAgent: Bool { if case .agent = self { true } else { false } }
    }

    package struct Hook: Codable, Equatable, Sendable {
        package var event: Model.Hook.Event
        package var command: [String]
        @DurationText package var timeout: Duration

        package init(event: Model.Hook.Event, command: [String], timeout: Duration) {
            self.event = event
            self.command = command
            self.timeout = timeout
        }
    }

    /// What the agent runs under `hagend supervise`.
    package struct Workload: Codable, Equatable, Sendable {
        package enum Kind: Codable, Equatable, Sendable {
            case process(Process)
            /// A systemd unit that exists on the host.
            case unit(name: String)
            case resourceAgent(ResourceAgent)
            /// Nothing runs: the member carries addresses only.
            case none

            package var isResourceAgent: Bool { if case .resourceAgent = self { true } else { false } }
        }
        package var kind: Kind
        package var standby: Model.ProcessWorkload.Standby
        /// Restarts in place within the window before the cluster fails over (or, load-balancing, backs off).
        package var restartLimit: Int
        @DurationText package var restartWindow: Duration
        /// From the order to stop until what is left is killed.
        @DurationText package var stopTimeout: Duration

        package init(
            kind: Kind, standby: Model.ProcessWorkload.Standby, restartLimit: Int, restartWindow: Duration,
            stopTimeout: Duration
        ) {
            self.kind = kind
            self.standby = standby
            self.restartLimit = restartLimit
            self.restartWindow = restartWindow
            self.stopTimeout = stopTimeout
        }

        package var process: Process? { if case .process(let process) = kind { process } else { nil } }

        package struct Process: Codable, Equatable, Sendable {
            /// At least one word.
            package var command: [String]
            /// Besides Hagen's own variables.
            package var environment: [String: String]
            /// `nil`: the agent's own.
            package var user: String?

            package init(command: [String], environment: [String: String] = [:], user: String? = nil) {
                self.command = command
                self.environment = environment
                self.user = user
            }
        }

        /// A script of the OCF resource agent API, such as those of Debian's `resource-agents`.
        package struct ResourceAgent: Codable, Equatable, Sendable {
            /// `ocf:PROVIDER:TYPE`, such as `ocf:heartbeat:Filesystem`.
            package var name: String
            /// Told to the agent as `OCF_RESKEY_NAME`.
            package var parameters: [String: String]

            package init(name: String, parameters: [String: String]) {
                self.name = name
                self.parameters = parameters
            }
        }
    }
}

/// The times of one lease. `renew` < `stop` < `duration`.
package struct LeaseTiming: Codable, Equatable, Sendable {
    /// How long a watcher waits from the last change it saw.
    @DurationText package var duration: Duration
    @DurationText package var renew: Duration
    /// The holder's deadline: how long after the send of its last acknowledged renewal it has stopped acting.
    @DurationText package var stop: Duration

    package init(duration: Duration, renew: Duration, stop: Duration) {
        self.duration = duration
        self.renew = renew
        self.stop = stop
    }
}

extension LeaseTiming {
    /// How long a member waits before it uses a fence agent that another, preferred one may be using: half of what a lease
    /// has left when its holder is suspected, so that the other half is left for the agent; a lease that is over
    /// needs no fence any more. Two seconds at most: an agent that was reached first has ended its host by then.
    package var fencingDelay: Duration { max(.zero, min(.seconds(2), (duration - renew * 2) / 2)) }

    /// What a watchdog device waits for from the last time it was fed; hardware often cannot do less.
    package static let watchdogTimeout: Duration = .seconds(2)
    /// How long after the deadline a watchdog of the last resort gives a supervisor to prove its workload dead.
    private static let proofTime: Duration = .seconds(3)

    /// Whether a watchdog can reset a host before another member may act, and still bear one renewal that is lost.
    package var outlastsWatchdog: Bool { duration - Self.watchdogTimeout >= renew * 2 }

    /// From a permit's deadline until the watchdog is fed no more; negative where that has to be before it.
    package var watchdogMargin: Duration {
        outlastsWatchdog ? duration - Self.watchdogTimeout - stop : Self.proofTime
    }
}
