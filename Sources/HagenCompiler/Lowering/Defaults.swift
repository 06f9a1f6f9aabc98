package import Hagen

/// What holds where a topology says nothing. Each choice stands here once, with its reason; the engines have none.
package enum Defaults {
    // MARK: Failover

    /// Short enough that a lost host is noticed within the second; long enough for the store's disk to hiccup once.
    package static let lease = Model.Lease(duration: .seconds(1), renew: .milliseconds(250))
    /// Ten greetings in a default lease: one lost datagram tells nothing.
    package static let heartbeat: Duration = .milliseconds(100)
    /// The holder has stopped acting after four fifths of the lease, so that a fifth is left for what clocks and
    /// kernels do late before anybody else may start.
    package static func stop(lease duration: Duration) -> Duration { .nanoseconds(duration.nanoseconds / 5 * 4) }
    /// How long a member of etcd waits for its leader before it calls an election, as Hagen sets it; etcd's own default is
    /// 1 s. Such that a renewal that meets an election, and one that is split, still lands within a default lease: of 40,000
    /// simulated losses of the store's leader none deposed a healthy holder (at 280 ms one did, at 300 ms 19), and a
    /// real one was measured to wait for 0.5 s at 300 ms (0.9 s at 500 ms, 1.3 s at 1 s).
    package static let storeElection: Duration = .milliseconds(250)
    /// The same where a lease was declared aggressive: the shortest that etcd was measured to hold steadily.
    package static let aggressiveStoreElection: Duration = .milliseconds(200)
    /// Heartbeats of etcd's leader in the time of an election: etcd's own advice.
    package static let heartbeatsPerElection = 10
    /// How many elections a lease lasts through: a member waits for up to two of them before it calls one, and a vote that
    /// is split is repeated.
    package static let electionsPerLease = 4
    package static let priority = 100
    /// A standby that runs costs memory and must understand roles; who wants it says so.
    package static let standby = Model.ProcessWorkload.Standby.cold
    /// With a lease: another member takes over at once, which is faster than hoping that a restart helps.
    package static let restartsWithLease = Model.Restarts(limit: 0, window: .seconds(60))
    /// Without a lease nobody takes over: restart, and beyond this back off.
    package static let restartsWithoutLease = Model.Restarts(limit: 10, window: .seconds(60))
    package static let stopTimeout: Duration = .seconds(5)
    /// Of systemd units and resource agents, which are often databases; systemd's own is 90 s.
    package static let stopTimeoutOfServices: Duration = .seconds(30)

    /// The credential with the key of the agents' datagrams.
    package static let agentKey = "agent-key"
    /// A hook that hangs must not hold up the next one for long; mail and DNS updates take a few seconds.
    package static let hookTimeout: Duration = .seconds(10)
    /// A host that comes and goes must not take its address along each time.
    package static let giveBackAfter: Duration = .seconds(30)

    /// Of synchronous replication: one copy besides the primary's, so that no loss of one member loses a write.
    package static let acknowledgements = 1

    // MARK: Checks

    package static let checkEvery: Duration = .seconds(1)
    /// At most `every`, so that checks of one member never overlap.
    package static let checkTimeout: Duration = .seconds(1)
    package static let rise = 2
    package static let fall = 3

    // MARK: Balancers

    package static let strategy = Model.Balancer.Strategy.roundRobin
    package static let weight = 1
    package static let connectTimeout: Duration = .seconds(1)
    package static let requestTimeout: Duration = .seconds(10)
    package static let responseTimeout: Duration = .seconds(30)
    package static let idleTimeout: Duration = .seconds(60)
    /// Longer than a failover with the default lease, so that clients wait through one instead of failing.
    package static let queueTimeout: Duration = .seconds(2)
    package static let drainTimeout: Duration = .seconds(10)
    package static let retries = 2
    package static let maximumConnections = 10_000
    /// Hosts with loopback addresses share one machine: a loop for each of its cores on every one of them would only
    /// make them compete.
    package static let loopsOnSharedMachine = 1

    // MARK: Monitoring

    package static let monitorInterval: Duration = .seconds(1)
    package static let hold: Duration = .zero
    package static let keepFiring: Duration = .zero

    // MARK: Objectives

    /// What contracts and error budgets are usually counted over.
    package static let objectiveWindow: Duration = .seconds(30 * 86_400)

    // MARK: Ports

    /// Clients of etcd use it too, so an operator's firewall knows it already.
    package static let coordinatorPort = 2379
    /// Where the members of etcd talk to each other: etcd's own default.
    package static let storePeerPort = 2380
    /// Where a member of etcd serves `/metrics`, on loopback.
    package static let storeMetricsPort = 2381
    /// UDP; the one that gossip protocols customarily take.
    package static let heartbeatPort = 7946
    /// The usual one of an OpenTelemetry exporter that serves Prometheus.
    package static let monitorPort = 9464
    /// Added in the lab to ports below 1024, which only root may listen on.
    package static let privilegedPortOffset = 8000
}
