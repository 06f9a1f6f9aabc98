internal import Hagen

/// What the compiler computes for one cluster, and writes into its release's README: how long it does not serve at most.
package struct PromisedTimes: Equatable, Sendable {
    /// The host of the active member is lost, or its agent; `nil`: nobody takes over.
    package var hostLoss: Duration?
    /// The workload of the active member ends; `nil`: nobody takes over and nothing restarts it.
    package var workloadEnd: Duration?
    /// The active member is moved on purpose; `nil`: nobody takes over.
    package var switchover: Duration?
    /// What they contain of the time from the start of a workload, or its promotion, until it serves: nothing where nobody
    /// declared it.
    package var start: Duration

    package init(hostLoss: Duration?, workloadEnd: Duration?, switchover: Duration?, start: Duration) {
        self.hostLoss = hostLoss
        self.workloadEnd = workloadEnd
        self.switchover = switchover
        self.start = start
    }

    /// Of a world without a release, by the same arithmetic; a test compares the two.
    package init(_ settings: WorldSettings) {
        let hasOthers = settings.hosts.count(where: \.isCandidate) > 1
        let restartsInPlace = settings.workload.restartLimit > 0
        start = settings.workload.standby == .hot ? .zero : settings.workload.start
        hostLoss = hasOthers ? WorstCaseTimes.takeover(settings.timing) + start : nil
        workloadEnd = restartsInPlace ? settings.workload.start : hasOthers ? start : nil
        switchover = hasOthers ? settings.workload.stopTimeout + start : nil
    }
}
