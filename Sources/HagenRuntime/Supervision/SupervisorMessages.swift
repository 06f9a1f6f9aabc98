package import Hagen
package import HagenEngine

/// The conversation over a supervisor's Unix socket: lines of JSON, requests to the supervisor, replies from it.
///
/// A reply follows each request, and each change that nobody asked for. It carries the whole state, so that losing one
/// loses nothing.
///
/// Agents are replaced while supervisors run on, so an agent has to get on with supervisors of every earlier release: the
/// requests and replies of version 1 keep their form for good, and are only ever added to by members that may be
/// missing. What a supervisor can start is told by its revision: one that is older than the agent is asked to leave as soon as it is
/// idle, and a new one is started in its place. A request of another version is refused.
package enum SupervisorProtocol {
    package static let version = 1
    /// 1: processes. 2: also units, resource agents, addresses and the kernel's permit.
    package static let revision = 2
    /// Bytes of the longest line.
    package static let maximumLineByteCount = 256 << 10
}

package struct SupervisorRequest: Codable, Equatable, Sendable {
    package enum Order: Codable, Equatable, Sendable {
        /// Asks for the state, and makes sure that no start up to this run is obeyed any more: one that was sent over an
        /// earlier connection may still be on its way.
        case settle(run: UInt64)
        case start(WorkloadStart)
        /// An older epoch is refused, and so is any once the permit is over. A deadline never moves back.
        case extend(run: UInt64, permit: Permit)
        /// Puts the running standby under the permit, writes its role file and sends it SIGHUP.
        case promote(run: UInt64, permit: Permit)
        case stop(run: UInt64)
        case kill(run: UInt64)
        /// End; refused while anything of the workload is left.
        case leave
    }
    package var version = SupervisorProtocol.version
    /// Chosen by the agent; the reply carries it.
    package var number: UInt64
    package var order: Order

    package init(_ order: Order, number: UInt64 = 0) {
        self.order = order
        self.number = number
    }
}

package struct SupervisorReply: Codable, Equatable, Sendable {
    package var version = SupervisorProtocol.version
    /// Of the supervisor; `nil`: 1.
    package var revision: Int? = SupervisorProtocol.revision
    /// Of the request; `nil` for a change that is announced.
    package var number: UInt64?
    /// Of the supervisor itself.
    package var processID: Int32
    package var report: SupervisorReport
    /// Why the request was not done, in words; `nil` where it was.
    package var refusal: String?
    /// What a person should know about its addresses and its port, in words; each as long as it holds.
    package var notes: [String]?
    /// Those of the notes that say who else claims one of its addresses.
    package var claims: [String]?

    package init(
        number: UInt64? = nil, processID: Int32, report: SupervisorReport, refusal: String? = nil,
        notes: [String] = [], claims: [String] = []
    ) {
        self.number = number
        self.processID = processID
        self.report = report
        self.refusal = refusal
        self.notes = notes.isEmpty ? nil : notes
        self.claims = claims.isEmpty ? nil : claims
    }
}

/// Everything that one run of a workload needs.
package struct WorkloadStart: Codable, Equatable, Sendable {
    /// Greater than that of every earlier start.
    package var run: UInt64
    package var role: MemberRole
    /// `nil`: nothing limits the run.
    package var permit: Permit?
    /// Of a process: at least one word; a program without `/` is looked for in the working folder, then in `PATH`; only a
    /// supervisor with the privilege can change the user. What `environment` has counts, not the process's own.
    package var workload: FailoverConfiguration.Workload.Kind
    /// The whole environment.
    package var environment: [String: String]
    /// Carried while the member is active, and taken off before the permit ends.
    package var addresses: [FailoverConfiguration.VirtualAddress]
    /// Open to clients only under the permit (nftables).
    package var permitPort: Int?
    /// The socket of the watchdog's keeper, which is told of each permit; `nil`: no watchdog.
    package var watchdog: String?
    /// From a permit's deadline until the watchdog is fed no more for this workload; may be negative.
    package var watchdogMarginInNanoseconds: Int64?
    /// From SIGTERM to SIGKILL.
    package var stopTimeoutInNanoseconds: Int64
    /// Where a hot standby reads its role and epoch.
    package var roleFile: String?

    package init(
        run: UInt64, role: MemberRole, permit: Permit?, workload: FailoverConfiguration.Workload.Kind,
        environment: [String: String], addresses: [FailoverConfiguration.VirtualAddress] = [],
        permitPort: Int? = nil, stopTimeoutInNanoseconds: Int64, roleFile: String?
    ) {
        self.run = run
        self.role = role
        self.permit = permit
        self.workload = workload
        self.environment = environment
        self.addresses = addresses
        self.permitPort = permitPort
        self.stopTimeoutInNanoseconds = stopTimeoutInNanoseconds
        self.roleFile = roleFile
    }
}
