internal import Hagen

/// A change of role that hooks are run for.
struct RoleChange: Codable, Equatable, Sendable {
    var event: Model.Hook.Event
    /// Of the activation; of a deactivation, that of the activation that it ends. 0 without a lease.
    var epoch: UInt64
}

/// The hooks of one member: which change of its role was last told, and what is still to be run.
///
/// A change is made durable before its hooks run, so that an agent that is started again runs none of them twice; one that
/// is killed just then runs none at all. Hooks of a cluster run one after the other, and nothing waits for them.
struct MemberHooks: Sendable {
    struct Call: Equatable, Sendable {
        var change: RoleChange
        var reason: String
        var hooks: [FailoverConfiguration.Hook]
    }
    /// Changes that wait for the hooks of earlier ones; what comes beyond is not run.
    static let limit = 16

    private let hooks: [FailoverConfiguration.Hook]
    /// The last change that was noticed.
    private(set) var last: RoleChange?
    private var waiting: [Call] = []
    private var isRunning = false

    init(_ hooks: [FailoverConfiguration.Hook], last: RoleChange?) {
        self.hooks = hooks
        self.last = last
    }

    /// Nothing runs and nothing waits.
    var isIdle: Bool { !isRunning && waiting.isEmpty }

    /// Takes note of what the member is now.
    ///
    /// - Parameter activeEpoch: the epoch that it acts in; `nil`: it does not, and its workload is dead.
    /// - Returns: `false` where a change was lost because too many wait.
    mutating func noticed(activeEpoch: UInt64?, reason: String) -> Bool {
        let change: RoleChange
        if let activeEpoch {
            change = RoleChange(event: .activated, epoch: activeEpoch)
        } else {
            guard let last, last.event == .activated else { return true }
            change = RoleChange(event: .deactivated, epoch: last.epoch)
        }
        guard change != last else { return true }
        last = change
        guard waiting.count < Self.limit else { return false }
        waiting.append(Call(change: change, reason: reason, hooks: hooks.filter { $0.event == change.event }))
        return true
    }

    /// What to run now; `nil` where something runs or nothing waits.
    mutating func next() -> Call? {
        guard !isRunning, !waiting.isEmpty else { return nil }
        isRunning = true
        return waiting.removeFirst()
    }

    mutating func ended() { isRunning = false }
}
