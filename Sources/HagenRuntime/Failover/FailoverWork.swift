internal import Hagen
internal import HagenEngine
internal import NIOCore

/// What comes through the agent's queue.
enum FailoverInput: Sendable {
    case supervisor(Int, SupervisorLink.News)
    case store(StoreFeed.News)
    case answered(CommitAnswer)
    case remembered(Int, LeaseMemory, problem: String?)
    case heard(AgentMessage)
    /// A balancer asks who acts.
    case inquired(AgentMessage, from: NIOCore.SocketAddress)
    /// `problem`: why the host is not known to be off; `nil`: it is.
    case fenced(Int, host: String, epoch: UInt64, problem: String?)
    case checked(Int, run: UInt64, CheckResult)
    /// The hooks of one change of role have all ended.
    case hooksEnded(Int)
    /// `problem`: why its gate is closed, in words; `nil`: it is open.
    case gate(Int, problem: String?)
    /// What an adapter observed; the next observation makes up for one that is lost.
    case data(Int, DataReport)
    case time
    case stop
}

/// What the store said to one commit.
struct CommitAnswer: Sendable {
    /// The member of each write, in the commit's order.
    var writes: [(member: Int, write: LeaseWrite)]
    /// `nil`: the outcome is not known, and `problem` says why.
    var result: CommitResult?
    var problem: String?
}

/// Something that takes time; its result comes back through the queue.
struct FailoverJob: Sendable {
    let run: @Sendable () async -> Void
}

/// The directives of several members, to be performed together: their writes travel in one commit.
struct FailoverWork {
    private(set) var directives: [(member: Int, directive: MemberDirective)] = []

    mutating func add(_ directives: [MemberDirective], of member: Int) {
        self.directives += directives.map { (member, $0) }
    }

    mutating func add(_ other: FailoverWork) { directives += other.directives }

    var hasWrites: Bool {
        directives.contains { if case .write = $0.directive { true } else { false } }
    }

    func hasWrites(of member: Int) -> Bool {
        directives.contains { if $0.member == member, case .write = $0.directive { true } else { false } }
    }
}
