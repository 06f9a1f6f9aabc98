import HagenEngine
import Testing

/// Goal: a member without a lease runs its workload whenever it can, restarts it within its limit, then waits longer each
/// time up to a bound, and stops when it is asked to.
@Suite struct UnleasedMemberTests {
    private func at(_ milliseconds: Int64) -> Instant { Instant(nanoseconds: milliseconds * 1_000_000) }

    private func starts(_ directives: [MemberDirective]) -> UInt64? {
        directives.compactMap { if case .start(let run, .active, nil) = $0 { run } else { nil } }.first
    }

    @Test func restartsThenWaits() {
        var member = UnleasedMember(restartLimit: 2, restartWindow: .seconds(3600))
        #expect(starts(member.supervisorReported(SupervisorReport(run: 0, state: .idle), at: at(0))) == 1)
        var now: Int64 = 0
        var waits: [Int64] = []
        for run: UInt64 in 1...10 {
            now += 10
            var started = starts(member.supervisorReported(SupervisorReport(run: run, state: .idle), at: at(now)))
            let ended = now
            while started == nil {
                guard let deadline = member.deadline else {
                    Issue.record("it never starts again after run \(run)")
                    return
                }
                now = max(deadline.nanoseconds / 1_000_000, now + 1)
                started = starts(member.timeReached(at: at(now)))
            }
            #expect(started == run + 1)
            waits.append(now - ended)
        }
        #expect(waits == [0, 0, 250, 1000, 2000, 4000, 8000, 16000, 30000, 30000])
        #expect(member.unexpectedEnds == 10)
    }

    /// An echo of an earlier run says nothing about the one that was just ordered.
    @Test func olderReportsAreIgnored() {
        var member = UnleasedMember(restartLimit: 9, restartWindow: .seconds(60))
        _ = member.supervisorReported(SupervisorReport(run: 4, state: .idle), at: at(0))
        #expect(member.lastRun == 5)
        #expect(member.supervisorReported(SupervisorReport(run: 4, state: .idle), at: at(1)) == [])
        #expect(member.unexpectedEnds == 0)
    }

    /// A workload that an earlier agent left running is kept.
    @Test func runningWorkloadIsKept() {
        var member = UnleasedMember(restartLimit: 0, restartWindow: .seconds(60))
        let running = SupervisorReport(run: 3, state: .running, processID: 7, role: .active)
        #expect(starts(member.supervisorReported(running, at: at(0))) == nil)
        #expect(member.deadline == nil)
        #expect(member.stopRequested(at: at(10)).contains(.stop(run: 3)))
        let idle = SupervisorReport(run: 3, state: .idle, ending: "was stopped")
        #expect(member.supervisorReported(idle, at: at(20)).contains(.finish))
        #expect(member.unexpectedEnds == 0)
    }
}
