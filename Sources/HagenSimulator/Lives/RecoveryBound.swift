internal import Hagen
internal import HagenEngine

/// How soon somebody has to act again: what the compiler promises, and what the promise says comes on top.
package enum RecoveryBound {
    /// After the loss of the active member alone, with the store in good order.
    ///
    /// On top of the lease come the later tries of those who are not preferred, the exchanges with the store, and the start.
    package static func takeover(_ settings: WorldSettings) -> Duration {
        WorstCaseTimes.takeover(settings.timing) + exchange + start(settings)
    }

    /// As above, where the store's leader is lost at the same moment: its election runs beside the lease, and what was sent
    /// to the old leader is sent again.
    package static func takeoverWithElection(_ settings: WorldSettings) -> Duration {
        takeover(settings) + settings.store.election * 2
    }

    /// The active member is heard and hears nothing: the others have promised to wait (rule 13) until it had to stop.
    package static func takeoverAfterPromises(_ settings: WorldSettings) -> Duration {
        takeover(settings) + settings.timing.stop
    }

    /// After the faults of a life have ended.
    ///
    /// One alone has the bound of a game day, which comes from the compiler's times and counts from the fault's beginning. Several
    /// have no such: the compiler promises nothing of two faults at once, each may begin in the middle of the recovery from
    /// another, so that what each costs adds up. A fence is a second one: the host that it ends, late, may carry the store's
    /// leader by then.
    package static func afterFaults(_ settings: WorldSettings, _ plan: FaultPlan) -> Duration {
        let mixture = afterMixture(settings, plan)
        guard plan.faults.count == 1, !settings.canFence else { return mixture }
        return min(GameDay(settings: settings).bound(of: plan.faults[0].kind).total, mixture)
    }

    private static func afterMixture(_ settings: WorldSettings, _ plan: FaultPlan) -> Duration {
        // An agent that has just started counts a lease from its own first read, and one that lost its supervisor or its
        // watch comes back a little later; somebody who took over in between may have to give up once more.
        var bound = takeoverWithElection(settings) * 2 + settings.timing.duration * 2 + .seconds(2)
        if plan.contains(.killedWorkload, .crashLoop, .fullDisk, .killedSupervisor, .frozenSupervisor) {
            // A member whose workload failed often waits.
            bound += FailureBackoff.longest
        }
        // What was sent while packets were lost may be on its way for long after: each way, until its last repetition.
        if plan.contains(.loss) { bound += .seconds(13) }
        // A host that was fenced has to boot.
        if settings.canFence { bound += settings.timing.duration * 4 }
        if plan.contains(.hangingWorkload, .stuckWorkload) { bound += settings.workload.stopTimeout }
        return bound
    }

    /// With the store and between the processes of a host.
    package static let exchange: Duration = .milliseconds(100)

    private static func start(_ settings: WorldSettings) -> Duration {
        settings.workload.standby == .hot ? settings.workload.promotion : settings.workload.start
    }
}
