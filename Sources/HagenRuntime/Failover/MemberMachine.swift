internal import Hagen
internal import HagenEngine

/// The machine of one member, with a lease or without: what happens to both.
enum MemberMachine: Sendable {
    case leased(LeasedMember)
    case unleased(UnleasedMember)

    /// A member without a lease has nothing to lose by waiting.
    mutating func supervisorLost(at now: Instant) -> [MemberDirective] { lease { $0.supervisorLost(at: now) } }

    mutating func supervisorReported(_ report: SupervisorReport, at now: Instant) -> [MemberDirective] {
        change({ $0.supervisorReported(report, at: now) }, { $0.supervisorReported(report, at: now) })
    }

    mutating func timeReached(at now: Instant) -> [MemberDirective] {
        change({ $0.timeReached(at: now) }, { $0.timeReached(at: now) })
    }

    mutating func stopRequested(at now: Instant) -> [MemberDirective] {
        change({ $0.stopRequested(at: now) }, { $0.stopRequested(at: now) })
    }

    /// What happens to leases only.
    mutating func lease(_ event: (inout LeasedMember) -> [MemberDirective]) -> [MemberDirective] {
        change(event, { _ in [] })
    }

    func wake(at now: Instant) -> Instant? {
        switch self {
        case .leased(let member): member.wake(at: now)
        case .unleased(let member): member.deadline
        }
    }

    var leased: LeasedMember? { if case .leased(let member) = self { member } else { nil } }

    var workload: SupervisorReport? {
        switch self {
        case .leased(let member): member.workload
        case .unleased(let member): member.workload
        }
    }

    func reason(at now: Instant) -> String {
        switch self {
        case .leased(let member):
            (member.hold ?? member.doubtOfPeers(at: now)).map { "holds still: \($0)" } ?? member.reason
        case .unleased(let member): member.reason
        }
    }

    var unexpectedEnds: Int {
        switch self {
        case .leased(let member): member.unexpectedEnds
        case .unleased(let member): member.unexpectedEnds
        }
    }

    /// The number of the last start that was ordered.
    var run: UInt64 {
        switch self {
        case .leased(let member): member.lastRun
        case .unleased(let member): member.lastRun
        }
    }

    /// Stands there for as long as an event takes.
    private static let vacant = MemberMachine.unleased(UnleasedMember(restartLimit: 0, restartWindow: .zero))

    private mutating func change(
        _ leasedEvent: (inout LeasedMember) -> [MemberDirective],
        _ unleasedEvent: (inout UnleasedMember) -> [MemberDirective]
    ) -> [MemberDirective] {
        switch self {
        case .leased(var member):
            // Nothing else holds what the member is made of while it changes: a second holder would make it be copied.
            self = .vacant
            let directives = leasedEvent(&member)
            self = .leased(member)
            return directives
        case .unleased(var member):
            self = .vacant
            let directives = unleasedEvent(&member)
            self = .unleased(member)
            return directives
        }
    }
}
