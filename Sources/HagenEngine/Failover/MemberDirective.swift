package import Hagen

/// What a member's machine tells its shell to do, in this order.
package enum MemberDirective: Equatable, Sendable {
    /// Swap the lease's record; the answer is an event that names the record's nonce.
    case write(LeaseWrite)
    /// Make the memory durable, then say so by an event.
    case remember(LeaseMemory)
    /// Start the workload; `permit` is `nil` where nothing limits it (a hot standby, a member without a lease).
    case start(run: UInt64, role: MemberRole, permit: Permit?)
    /// Give the running hot standby its permit, then tell it that it is active now.
    case promote(run: UInt64, permit: Permit)
    case extend(run: UInt64, permit: Permit)
    /// SIGTERM, and SIGKILL after the workload's stop time-out.
    case stop(run: UInt64)
    /// SIGKILL, now.
    case kill(run: UInt64)
    /// Ask these hosts for the promise not to take over (rule 13); the answers are events that name epoch and round.
    case ask(epoch: UInt64, round: UInt64, of: [String])
    /// Tell that host that this member will not take over for a lease from now on.
    case promise(to: String, epoch: UInt64, round: UInt64)
    /// Read the lease now: its holder is suspected, and the watch may lag.
    case look
    /// End that host for certain, by the fencing levels in their order; the outcome is an event.
    case fence(host: String, epoch: UInt64)
    /// Of a cluster with data.
    case data(DataDirective)
    /// Something was decided: the words are for the log and the status.
    case report(MemberDecision)
    /// The member was asked to stop and is done.
    case finish
}

/// A decision and why it was made.
package struct MemberDecision: Equatable, Sendable {
    package var epoch: UInt64
    package var reason: String
    package var kind: EventKind

    package init(epoch: UInt64, reason: String, kind: EventKind) {
        self.epoch = epoch
        self.reason = reason
        self.kind = kind
    }
}

/// One compare-and-swap of the lease's record.
package struct LeaseWrite: Equatable, Sendable {
    package enum Kind: String, Equatable, Sendable { case acquire, renew, release }
    package var kind: Kind
    /// The revision that the record must have; 0: it must be absent.
    package var expected: Int64
    /// The nonce of the record at that revision: a store that was put back gives a revision twice. `nil`: none is known.
    package var expectedNonce: UInt64?
    package var record: LeaseRecord

    package init(kind: Kind, expected: Int64, expectedNonce: UInt64? = nil, record: LeaseRecord) {
        self.kind = kind
        self.expected = expected
        self.expectedNonce = expectedNonce
        self.record = record
    }
}

package enum MemberRole: String, Codable, Equatable, Sendable { case active, standby }

/// The right of one workload to run as the active one: until the deadline, and no older epoch beside it.
package struct Permit: Codable, Equatable, Sendable {
    package var epoch: UInt64
    package var deadline: Instant

    package init(epoch: UInt64, deadline: Instant) {
        self.epoch = epoch
        self.deadline = deadline
    }
}

/// What a supervisor says of its workload: the whole truth each time, never a difference.
package struct SupervisorReport: Codable, Equatable, Sendable {
    package enum State: String, Codable, Equatable, Sendable {
        /// Not one process of the workload is left.
        case idle
        case running
        /// Told to end, or killed, and not proved dead yet.
        case ending
    }
    /// The number of the last start that it was asked for; 0 before the first.
    package var run: UInt64
    package var state: State
    package var processID: Int32?
    package var role: MemberRole
    package var permit: Permit?
    /// How the last run ended, in words.
    package var ending: String?

    package init(
        run: UInt64, state: State, processID: Int32? = nil, role: MemberRole = .standby, permit: Permit? = nil,
        ending: String? = nil
    ) {
        self.run = run
        self.state = state
        self.processID = processID
        self.role = role
        self.permit = permit
        self.ending = ending
    }
}
