internal import Hagen
internal import HagenEngine

extension GameDay {
    /// How long, at most, clients may go without service: what the compiler computes, and what comes on top.
    package struct Bound: Equatable, Sendable {
        package struct Addition: Equatable, Sendable {
            package var what: String
            package var duration: Duration
        }
        package var computed: Duration
        /// Those that are longer than nothing.
        package private(set) var additions: [Addition] = []
        package var total: Duration { additions.reduce(computed) { $0 + $1.duration } }

        init(_ computed: Duration, _ additions: [Addition] = []) {
            self.computed = computed
            self.additions = additions.filter { $0.duration > .zero }
        }
    }

    package func bound(of fault: Fault.Kind) -> Bound {
        // Where nobody can take over, it takes until the fault has ended and the same member has the lease again.
        let untilEnd = Bound(
            WorstCaseTimes.takeover(settings.timing),
            [
                .init(what: "the fault itself, for nobody else can act meanwhile", duration: length),
                .init(what: "the boot, and the wait after a failure", duration: .seconds(1) + FailureBackoff.first),
            ] + exchanges + election)
        switch fault {
        case .lostHost, .replacedHost, .frozenHost, .cutOff, .splitOff:
            guard survivesLossOfHost, let hostLoss = promised.hostLoss else { return untilEnd }
            return Bound(hostLoss, exchanges + election)
        case .mute, .deaf, .cutPath:
            guard survivesLossOfHost, let hostLoss = promised.hostLoss else { return untilEnd }
            return Bound(hostLoss, promises + exchanges + election)
        case .cutFromStore:
            guard let hostLoss = promised.hostLoss else { return untilEnd }
            return Bound(hostLoss, promises + exchanges)
        case .killedAgent, .frozenAgent, .frozenSupervisor:
            guard let hostLoss = promised.hostLoss else { return untilEnd }
            return Bound(hostLoss, agentDelay + exchanges)
        case .killedWorkload, .killedSupervisor:
            guard let workloadEnd = promised.workloadEnd else { return untilEnd }
            return Bound(
                workloadEnd, [.init(what: "the start of a supervisor", duration: .milliseconds(50))] + exchanges)
        case .crashLoop, .fullDisk:
            guard let workloadEnd = promised.workloadEnd, promised.hostLoss != nil else { return untilEnd }
            return Bound(workloadEnd, crashes + exchanges)
        case .closedGate where !settings.isGated: return Bound(.zero)
        case .switchover, .stoppedAgent, .drained, .hangingWorkload, .closedGate:
            guard let switchover = promised.switchover else { return untilEnd }
            return Bound(switchover, (fault == .closedGate ? gate : []) + exchanges)
        case .stuckWorkload:
            guard let switchover = promised.switchover else { return untilEnd }
            let sleep = max(length - settings.workload.stopTimeout, .zero)
            return Bound(switchover, [.init(what: "until the workload's sleep ends", duration: sleep)] + exchanges)
        case .clockJump, .cutFromMembers, .duplication, .paused: return Bound(.zero)
        case .lostStoreMember, .isolatedStoreMember, .slowDisk, .loss, .delay, .storeOutage, .oldStore: return untilEnd
        }
    }

    /// Long enough that nobody is served again only because the fault has ended.
    var length: Duration { settings.timing.duration * 3 + .seconds(1) }

    /// Whether the cluster and its store can do without any one host.
    private var survivesLossOfHost: Bool {
        guard settings.hosts.count(where: \.isCandidate) > 1 else { return false }
        // A store whose only member stands on a host that is no candidate is not lost with the active one.
        if settings.store.hosts.count > 2 { return true }
        return !settings.store.hosts.contains { settings.hosts[$0].isCandidate }
    }
}

// MARK: what comes on top

extension GameDay {
    /// What the compiler's times leave out, as its release says.
    private var exchanges: [Bound.Addition] {
        let workload = settings.workload
        let start = workload.standby == .hot ? workload.promotion : workload.start
        return [
            .init(what: "exchanges with the store and between processes", duration: RecoveryBound.exchange),
            .init(
                what: workload.standby == .hot ? "the promotion" : "the start, which nobody declared",
                duration: max(start - promised.start, .zero)),
        ]
    }

    /// The host that is lost may carry the store's leader: the election runs beside the lease, and what was sent to the old
    /// leader is sent again.
    private var election: [Bound.Addition] {
        [.init(what: "the store's election", duration: settings.store.election * 2)]
    }

    /// The active one is heard and hears nothing: the others have promised to wait (rule 13).
    private var promises: [Bound.Addition] {
        [.init(what: "promises of the others to wait", duration: settings.timing.stop)]
    }

    /// An agent that hangs may have sent a renewal that lands later.
    private var agentDelay: [Bound.Addition] {
        [.init(what: "until an agent is found not to answer", duration: settings.timing.renew + .milliseconds(100))]
    }

    /// Each run ends soon after its start, and the next one after a pause, until the restarts are used up.
    private var crashes: [Bound.Addition] {
        let restarts = settings.workload.restartLimit + 1
        return [
            .init(
                what: "runs that end again",
                duration: .milliseconds(400) + (.milliseconds(50) + settings.workload.start) * (restarts + 1))
        ]
    }

    private var gate: [Bound.Addition] {
        [.init(what: "until the agent looks at its gate", duration: WorldSettings.gateInterval)]
    }
}
