import Hagen
import HagenEngine

/// A world for three members of one active-passive cluster: a store, a network, supervisors and faults, all in virtual
/// time and all from one seed. Every host has a clock of its own; nothing in the world compares two of them.
struct FailoverWorld {
    struct Violation: Error, CustomStringConvertible {
        var description: String
    }

    struct Host {
        var name: String
        /// What the host's clock shows at the world's beginning.
        var clockOffset: Int64
        var member: LeasedMember?
        /// Grows with each start of the agent: what was on its way to an earlier one is lost.
        var life = 0
        var frozenUntil: Int64 = 0
        var cutOffUntil: Int64 = 0
        var durable: LeaseMemory?
        var wakeAt: Int64?
        var supervisor = Supervisor()
    }

    struct Supervisor {
        var report = SupervisorReport(run: 0, state: .idle)
        /// Grows with each change that makes a planned kill meaningless.
        var generation = 0
    }

    enum Event {
        case wake(host: Int)
        case deliver(host: Int, life: Int, Message)
        case arrive(host: Int, life: Int, LeaseWrite)
        case read(host: Int, life: Int)
        case order(host: Int, MemberDirective)
        case enforce(host: Int, generation: Int)
        case die(host: Int, run: UInt64, ending: String)
        case greet(host: Int)
        case startAgent(host: Int)
        case fault
    }

    enum Message {
        case report(SupervisorReport)
        case read(LeaseReading)
        case change(LeaseValue, revision: Int64)
        case acknowledged(nonce: UInt64, revision: Int64)
        case conflicted(nonce: UInt64, storeRevision: Int64, LeaseValue)
        case failed(nonce: UInt64)
        case remembered(LeaseMemory)
        case greeting(String, isReady: Bool, epoch: UInt64)
    }

    static let storeID = "store"
    static let timing = LeaseTiming(duration: .seconds(1), renew: .milliseconds(250), stop: .milliseconds(800))
    static let millisecond: Int64 = 1_000_000

    var random: SeededRandom
    let planted: LeasedMember.PlantedFault?
    let standby: Model.ProcessWorkload.Standby
    let crashesWorkloads: Bool
    var now: Int64 = 0
    var queue = EventQueue<Event>()
    var hosts: [Host]
    var storeRevision: Int64 = 7
    var storeValue = LeaseValue.absent
    var outageUntil: Int64 = 0
    var faultsEnd: Int64
    /// Hosts whose workload acts, with the epoch.
    var acting: [Int: UInt64] = [:]
    var lastEpoch: UInt64 = 0
    var activations = 0
    var actsSince: Int64?

    init(seed: UInt64, planted: LeasedMember.PlantedFault?, faultsFor: Duration = .seconds(12)) {
        var random = SeededRandom(seed: seed)
        self.planted = planted
        standby = seed % 3 == 0 ? .hot : .cold
        crashesWorkloads = seed % 2 == 0
        faultsEnd = faultsFor.nanoseconds
        hosts = ["a", "b", "c"].map {
            Host(name: $0, clockOffset: Int64.random(in: 0..<1_000_000_000_000, using: &random))
        }
        self.random = random
        for host in hosts.indices {
            schedule(in: milliseconds(0...300), .startAgent(host: host))
            schedule(in: milliseconds(0...100), .greet(host: host))
        }
        schedule(in: milliseconds(1000...3000), .fault)
    }

    /// Runs until that moment, and throws when two act at once.
    mutating func run(until end: Duration) throws {
        while let next = queue.next, next <= end.nanoseconds {
            let (moment, event) = queue.pop()
            now = moment
            try handle(event)
        }
        now = end.nanoseconds
    }

    /// How long the one that acts has acted.
    var actsFor: Duration? { actsSince.map { .nanoseconds(now - $0) } }

    func clock(of host: Int) -> Instant { Instant(nanoseconds: now + hosts[host].clockOffset) }

    mutating func milliseconds(_ range: ClosedRange<Int64>) -> Int64 {
        Int64.random(in: (range.lowerBound * Self.millisecond)...(range.upperBound * Self.millisecond), using: &random)
    }

    mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }

    mutating func schedule(in delay: Int64, _ event: Event) { queue.push(event, at: now + delay) }

    private mutating func handle(_ event: Event) throws {
        switch event {
        case .wake(let host):
            guard hosts[host].wakeAt == now else { return }
            hosts[host].wakeAt = nil
            tell(host) { $0.timeReached(at: $1) }
        case .deliver(let host, let life, let message):
            guard hosts[host].life == life else { return }
            if now < hosts[host].frozenUntil {
                queue.push(event, at: hosts[host].frozenUntil)
            } else {
                deliver(message, to: host)
            }
        case .arrive(let host, let life, let write): arrive(write, from: host, life)
        case .read(let host, let life): read(for: host, life)
        case .order(let host, let directive): try obey(directive, host)
        case .enforce(let host, let generation):
            guard hosts[host].supervisor.generation == generation else { return }
            kill(host, "was killed: its permit ended")
        case .die(let host, let run, let ending):
            guard hosts[host].supervisor.report.run == run, hosts[host].supervisor.report.state != .idle else { return }
            died(host, ending)
        case .greet(let host): greet(from: host)
        case .startAgent(let host): startAgent(host)
        case .fault: breakSomething()
        }
    }

    private mutating func deliver(_ message: Message, to host: Int) {
        tell(host) { member, now in
            switch message {
            case .report(let report): member.supervisorReported(report, at: now)
            case .read(let reading): member.leaseRead(reading, at: now)
            case .change(let value, let revision): member.leaseChanged(value, revision: revision, at: now)
            case .acknowledged(let nonce, let revision):
                member.writeAcknowledged(nonce: nonce, storeID: Self.storeID, revision: revision, at: now)
            case .conflicted(let nonce, let revision, let value):
                member.writeConflicted(
                    nonce: nonce, storeID: Self.storeID, storeRevision: revision, current: value, at: now)
            case .failed(let nonce): member.writeFailed(nonce: nonce, at: now)
            case .remembered(let memory): member.memoryWritten(memory, at: now)
            case .greeting(let peer, let isReady, let epoch):
                member.peerGreeted(peer, isReady: isReady, epoch: epoch, at: now)
            }
        }
    }

    /// Lets something happen to a member and performs what it says.
    mutating func tell(_ host: Int, _ event: (inout LeasedMember, Instant) -> [MemberDirective]) {
        guard hosts[host].member != nil else { return }
        if now < hosts[host].frozenUntil {
            plan(host, wake: hosts[host].frozenUntil)
            return
        }
        let directives = event(&hosts[host].member!, clock(of: host))
        for directive in directives { perform(directive, host) }
        if let wake = hosts[host].member!.wake(at: clock(of: host)) {
            plan(host, wake: max(wake.nanoseconds - hosts[host].clockOffset, now + 1000))
        }
    }

    private mutating func plan(_ host: Int, wake: Int64) {
        if let planned = hosts[host].wakeAt, planned <= wake, planned > now { return }
        hosts[host].wakeAt = wake
        queue.push(.wake(host: host), at: wake)
    }

    private mutating func perform(_ directive: MemberDirective, _ host: Int) {
        let life = hosts[host].life
        switch directive {
        case .write(let write):
            schedule(in: networkDelay(), .arrive(host: host, life: life, write))
            schedule(
                in: 2000 * Self.millisecond, .deliver(host: host, life: life, .failed(nonce: write.record.nonce)))
        case .remember(let memory):
            hosts[host].durable = memory
            schedule(in: milliseconds(0...8), .deliver(host: host, life: life, .remembered(memory)))
        case .start, .promote, .extend, .stop, .kill:
            schedule(in: 50_000, .order(host: host, directive))
        case .ask, .promise, .look, .fence, .report, .finish: break
        }
    }

    private mutating func networkDelay() -> Int64 {
        if now < faultsEnd, chance(3) { return milliseconds(100...1500) }
        return milliseconds(0...15)
    }
}

// MARK: the store and the network

extension FailoverWorld {
    private mutating func isLost(_ host: Int) -> Bool {
        now < hosts[host].cutOffUntil || (now < faultsEnd && chance(2))
    }

    fileprivate mutating func arrive(_ write: LeaseWrite, from host: Int, _ life: Int) {
        let nonce = write.record.nonce
        if isLost(host) { return }
        guard now >= outageUntil else {
            schedule(in: milliseconds(0...5), .deliver(host: host, life: life, .failed(nonce: nonce)))
            return
        }
        let message: Message
        if storeValue.revision == write.expected {
            storeRevision += 1
            storeValue = .record(write.record, revision: storeRevision)
            message = .acknowledged(nonce: nonce, revision: storeRevision)
            for watcher in hosts.indices { notify(watcher) }
        } else {
            message = .conflicted(nonce: nonce, storeRevision: storeRevision, storeValue)
        }
        if isLost(host) { return }
        schedule(in: networkDelay(), .deliver(host: host, life: life, message))
    }

    private mutating func notify(_ watcher: Int) {
        let life = hosts[watcher].life
        if isLost(watcher) {
            // The watch broke: a read makes up for it.
            schedule(in: milliseconds(100...400), .read(host: watcher, life: life))
        } else {
            schedule(
                in: networkDelay(),
                .deliver(host: watcher, life: life, .change(storeValue, revision: storeRevision)))
        }
    }

    fileprivate mutating func read(for host: Int, _ life: Int) {
        guard hosts[host].life == life, let member = hosts[host].member else { return }
        guard now >= outageUntil, !isLost(host) else {
            schedule(in: 100 * Self.millisecond, .read(host: host, life: life))
            return
        }
        let reading = LeaseReading(
            storeID: Self.storeID, revision: storeRevision, floor: member.knownRevision, value: storeValue)
        schedule(in: networkDelay(), .deliver(host: host, life: life, .read(reading)))
    }

    fileprivate mutating func greet(from host: Int) {
        schedule(in: 150 * Self.millisecond, .greet(host: host))
        guard now >= hosts[host].frozenUntil, let member = hosts[host].member else { return }
        let isReady = member.isReady(at: clock(of: host))
        for peer in hosts.indices where peer != host && !(now < faultsEnd && chance(10)) {
            let greeting = Message.greeting(hosts[host].name, isReady: isReady, epoch: member.memory?.epoch ?? 0)
            schedule(in: milliseconds(0...3), .deliver(host: peer, life: hosts[peer].life, greeting))
        }
    }

    fileprivate mutating func startAgent(_ host: Int) {
        guard hosts[host].member == nil else { return }
        hosts[host].life += 1
        hosts[host].frozenUntil = 0
        hosts[host].member = LeasedMember(
            settings: LeasedMember.Settings(
                host: hosts[host].name, timing: Self.timing,
                candidates: hosts.map { LeasedMember.Candidate(host: $0.name, priority: 100) }, standby: standby,
                restartLimit: 0, restartWindow: .seconds(60), freshness: .milliseconds(500), planted: planted),
            memory: hosts[host].durable, nonceSeed: UInt64.random(in: 0...UInt64.max, using: &random))
        let life = hosts[host].life
        schedule(
            in: milliseconds(1...20), .deliver(host: host, life: life, .report(hosts[host].supervisor.report)))
        schedule(in: milliseconds(1...50), .read(host: host, life: life))
    }
}

// MARK: supervisors

extension FailoverWorld {
    fileprivate mutating func obey(_ directive: MemberDirective, _ host: Int) throws {
        let now = clock(of: host)
        var supervisor = hosts[host].supervisor
        switch directive {
        case .start(let run, let role, let permit):
            guard run > supervisor.report.run else { return }
            supervisor.report.run = run
            let isOver = permit.map { $0.deadline <= now } ?? false
            if supervisor.report.state == .idle, !isOver {
                supervisor.report = SupervisorReport(
                    run: run, state: .running, processID: 1, role: role, permit: permit)
                hosts[host].supervisor = supervisor
                enforceLater(host)
                if role == .active { try acts(host, permit?.epoch ?? 0) }
                return report(host)
            }
            supervisor.report.ending = "was not started"
        case .promote(let run, let permit):
            guard run == supervisor.report.run, supervisor.report.state == .running, permit.deadline > now else {
                return report(host)
            }
            supervisor.report.permit = permit
            supervisor.report.role = .active
            hosts[host].supervisor = supervisor
            enforceLater(host)
            try acts(host, permit.epoch)
            return report(host)
        case .extend(let run, let permit):
            guard run == supervisor.report.run, let current = supervisor.report.permit, now < current.deadline,
                current.epoch == permit.epoch, supervisor.report.state != .idle
            else { return }
            supervisor.report.permit?.deadline = max(current.deadline, permit.deadline)
            hosts[host].supervisor = supervisor
            enforceLater(host)
            return
        case .stop(let run), .kill(let run):
            guard run == supervisor.report.run, supervisor.report.state != .idle else { break }
            kill(host, "was killed as ordered")
            return
        default: return
        }
        hosts[host].supervisor = supervisor
        report(host)
    }

    private mutating func enforceLater(_ host: Int) {
        guard let permit = hosts[host].supervisor.report.permit else { return }
        hosts[host].supervisor.generation += 1
        let moment = permit.deadline.nanoseconds - hosts[host].clockOffset
        queue.push(
            .enforce(host: host, generation: hosts[host].supervisor.generation),
            at: max(moment, now) + milliseconds(0...10))
    }

    fileprivate mutating func kill(_ host: Int, _ ending: String) {
        guard hosts[host].supervisor.report.state == .running else { return }
        hosts[host].supervisor.report.state = .ending
        let run = hosts[host].supervisor.report.run
        schedule(in: milliseconds(0...10), .die(host: host, run: run, ending: ending))
        report(host)
    }

    fileprivate mutating func died(_ host: Int, _ ending: String) {
        stopsActing(host)
        hosts[host].supervisor.generation += 1
        hosts[host].supervisor.report = SupervisorReport(
            run: hosts[host].supervisor.report.run, state: .idle, ending: ending)
        report(host)
    }

    private mutating func report(_ host: Int) {
        schedule(
            in: 50_000, .deliver(host: host, life: hosts[host].life, .report(hosts[host].supervisor.report)))
    }

    private mutating func acts(_ host: Int, _ epoch: UInt64) throws {
        acting[host] = epoch
        activations += 1
        if acting.count > 1 {
            let who = acting.sorted { $0.key < $1.key }.map { "\(hosts[$0.key].name) in epoch \($0.value)" }
            throw Violation(description: "\(who.joined(separator: " and ")) act at once, at \(moment)")
        }
        if epoch <= lastEpoch {
            throw Violation(description: "epoch \(epoch) acts after epoch \(lastEpoch), at \(moment)")
        }
        lastEpoch = epoch
        actsSince = now
    }

    fileprivate mutating func stopsActing(_ host: Int) {
        if acting.removeValue(forKey: host) != nil { actsSince = nil }
    }

    private var moment: String { Duration.nanoseconds(now).text }
}

// MARK: faults

extension FailoverWorld {
    fileprivate mutating func breakSomething() {
        guard now < faultsEnd else { return }
        schedule(in: milliseconds(100...1500), .fault)
        let host = Int.random(in: 0..<hosts.count, using: &random)
        switch Int.random(in: 0..<7, using: &random) {
        case 0: hosts[host].frozenUntil = max(hosts[host].frozenUntil, now + milliseconds(50...3000))
        case 1: crashAgent(host)
        case 2:
            crashAgent(host)
            if hosts[host].supervisor.report.state != .idle { died(host, "was lost with its host") }
            hosts[host].supervisor = Supervisor()
        case 3: hosts[host].cutOffUntil = now + milliseconds(50...3000)
        case 4: outageUntil = now + milliseconds(50...2500)
        default:
            // Half of the seeds leave the workloads alone, so that the bound on takeover can be tight.
            guard crashesWorkloads, let (active, _) = acting.min(by: { $0.key < $1.key }) else { return }
            died(active, "was ended by signal 9")
        }
    }

    private mutating func crashAgent(_ host: Int) {
        restartAgent(host, downFor: .nanoseconds(milliseconds(50...3000)))
    }

    mutating func restartAgent(_ host: Int, downFor downtime: Duration) {
        hosts[host].member = nil
        hosts[host].life += 1
        hosts[host].wakeAt = nil
        schedule(in: downtime.nanoseconds, .startAgent(host: host))
    }
}
