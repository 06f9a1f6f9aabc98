internal import Hagen
internal import HagenEngine

/// A small world of one cluster with data: the same machines as everywhere, a store, servers that copy a log, clients that
/// write, and faults. What happens to leases and clocks is the other world's to find out; here it is about data.
struct ReplicatedWorld: Sendable {
    enum Event: Sendable {
        case start(host: Int, life: Int)
        case wake(host: Int, life: Int)
        case greet(host: Int, life: Int)
        case look(host: Int, life: Int)
        case observe(host: Int, life: Int)
        case pull(host: Int, life: Int)
        case deliver(host: Int, life: Int, Message)
        case commit(host: Int, life: Int, LeaseWrite)
        case enforce(host: Int, life: Int)
        case act(host: Int, life: Int, run: UInt64, Act)
        case copied(host: Int, life: Int, from: Int)
        case write
        case fault
        case heal
    }

    enum Message: Sendable {
        case value(LeaseValue, revision: Int64, isRead: Bool, floor: Int64)
        case acknowledged(nonce: UInt64, revision: Int64)
        case conflicted(nonce: UInt64, revision: Int64, LeaseValue)
        case remembered(LeaseMemory)
        case supervisor
        case observed
        case greeting(from: Int, isReady: Bool, epoch: UInt64, ReplicationPosition?)
        case asked(by: Int, epoch: UInt64, round: UInt64)
        case reported(by: Int, epoch: UInt64, round: UInt64, ReplicationPosition)
    }

    enum Act: Sendable {
        case serve(MemberRole, Permit?)
        case end
        case waitFor(SynchronousSet)
    }

    struct Host: Sendable {
        let name: String
        var life = 0
        /// `nil`: the host is down.
        var member: LeasedMember?
        var memory: LeaseMemory?
        var wakeAt: VirtualTime?
        var cutUntil: VirtualTime = 0
        var slowUntil: VirtualTime = 0
        var server = ReplicatedServer()
        var run: UInt64 = 0
        var permit: Permit?
        var ending: String?
    }

    static let names = ["a", "b", "c"]
    static let faultTime = 30 * Span.second
    static let maximumEvents = 500_000
    static let healTime = 25 * Span.second

    let policy: ReplicationPolicy
    let planted: LeasedMember.PlantedFault?
    var now: VirtualTime = 0
    var queue = EventQueue<Event>()
    var random: SeededRandom
    var hosts: [Host]
    var record: LeaseRecord?
    var revision: Int64 = 1
    var isHealed = false

    var lastValue = 0
    private var handled = 0
    /// What clients were told is safe, with the end of the log that it was then.
    var acknowledged: [(value: Int, end: UInt64)] = []
    var outcome = ReplicatedLife.Outcome()

    init(seed: UInt64, policy: ReplicationPolicy, planted: LeasedMember.PlantedFault?) {
        self.policy = policy
        self.planted = planted
        random = SeededRandom(seed: seed)
        hosts = Self.names.map { Host(name: $0) }
        for host in hosts.indices {
            hosts[host].life = 1
            plan(.start(host: host, life: 1), in: random.number(0...Span.second))
        }
        plan(.write, in: 2 * Span.second)
        plan(.fault, in: random.number(6 * Span.second...9 * Span.second))
        plan(.heal, in: Self.faultTime)
    }

    mutating func run() -> ReplicatedLife.Outcome {
        while let moment = queue.next, moment < Self.faultTime + Self.healTime, outcome.violation == nil {
            let (moment, event) = queue.pop()
            now = moment
            handled += 1
            // A second has some thousand of them: a machine that is told the time again and again does not get on.
            guard handled < Self.maximumEvents else {
                outcome.violation = "no end of events: \(event)"
                break
            }
            handle(event)
        }
        checkEnd()
        return outcome
    }

    var instant: Instant { Instant(nanoseconds: now + Span.second) }

    mutating func plan(_ event: Event, in delay: VirtualTime) { queue.push(event, at: now + delay) }

    mutating func note(_ host: Int?, _ words: String) {
        let who = host.map { hosts[$0].name } ?? "-"
        outcome.story.append("\(Double(now / Span.millisecond) / 1000) \(who) \(words)")
        if outcome.story.count > 4000 { outcome.story.removeFirst(2000) }
    }

    private mutating func handle(_ event: Event) {
        switch event {
        case .start(let host, let life): if hosts[host].life == life, hosts[host].member == nil { boot(host) }
        case .wake(let host, let life):
            guard isAlive(host, life), hosts[host].wakeAt == now else { return }
            hosts[host].wakeAt = nil
            tell(host) { $0.timeReached(at: $1) }
        case .greet(let host, let life): if isAlive(host, life) { greet(host) }
        case .look(let host, let life):
            guard isAlive(host, life) else { return }
            plan(event, in: 500 * Span.millisecond)
            look(host)
        case .observe(let host, let life):
            guard isAlive(host, life) else { return }
            plan(event, in: 200 * Span.millisecond)
            observe(host)
        case .pull(let host, let life):
            guard isAlive(host, life) else { return }
            plan(event, in: (now < hosts[host].slowUntil ? 400 : 10) * Span.millisecond)
            pull(host)
        case .deliver(let host, let life, let message): if isAlive(host, life) { deliver(message, to: host) }
        case .commit(let host, let life, let write): commit(write, of: host, life: life)
        case .enforce(let host, let life):
            guard isAlive(host, life), let permit = hosts[host].permit, permit.deadline <= instant else { return }
            end(host, "killed at its deadline")
        case .act(let host, let life, let run, let act): if isAlive(host, life) { perform(act, run: run, on: host) }
        case .copied(let host, let life, let source): if isAlive(host, life) { copied(host, from: source) }
        case .write: write()
        case .fault: if !isHealed { strike() }
        case .heal: heal()
        }
    }

    func isAlive(_ host: Int, _ life: Int) -> Bool { hosts[host].life == life && hosts[host].member != nil }

    func isCut(_ host: Int) -> Bool { now < hosts[host].cutUntil }

    func isConnected(_ left: Int, _ right: Int) -> Bool { !isCut(left) && !isCut(right) }
}
