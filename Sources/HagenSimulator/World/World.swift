internal import Hagen
internal import HagenEngine

/// A whole cluster in virtual time: hosts with clocks of their own, a network, a replicated store, agents that run the same
/// machine as in production, supervisors, workloads with clients, and faults. The same seed, settings and plan give the
/// same life, bit for bit.
///
/// The intuition: nothing here takes time. The next event is taken from a queue, the world's time jumps to it, and what
/// it causes is put back into the queue, later by what the network, the disk or the processor would have needed. The
/// parts of the world are the folders beside this one; each adds its own methods to this type.
///
/// It has one cluster: that the renewals of all clusters of a host travel together (rule 4) is the agent's doing, and is tested
/// with real ones.
///
/// The case that surprises: virtual time is known to the checkers alone. Whatever an agent or a supervisor decides, it
/// decides on its own host's clock, with its own error of rate, as on real hosts.
package struct World: Sendable {
    package let settings: WorldSettings
    package private(set) var plan: FaultPlan
    package internal(set) var now: VirtualTime = 0
    var queue = EventQueue<WorldEvent>()
    var random: RandomStreams
    var hosts: [SimulatedHost]
    var network: Network
    var store: SimulatedStore
    var data = FencedData()
    var clients: Clients
    var checkers: Checkers
    package internal(set) var statistics = Statistics()
    /// What happened, in words and as phases; kept only when it was asked for, and without influence on what happens.
    package internal(set) var recording: Recording?
    /// When clients were served; kept only when it was asked for.
    package internal(set) var service: ServiceLog?
    /// What operators have ordered, and until when each host is drained.
    var orders = OperatorOrders()
    let candidates: [LeasedMember.Candidate]
    let members: [String]

    package struct Statistics: Equatable, Sendable {
        package var events = 0
        /// Workloads that were made active.
        package var activations = 0
        package var elections = 0

        package init() {}
    }

    package init(seed: UInt64, settings: WorldSettings, plan: FaultPlan, isRecorded: Bool = false) {
        self.settings = settings
        self.plan = plan
        random = RandomStreams(seed: seed)
        let bound = settings.clockRateErrorInPartsPerMillion
        var clocks = random.hosts
        hosts = settings.hosts.map { host in
            SimulatedHost(
                name: host.name, isMember: host.isMember,
                clock: HostClock(
                    offset: clocks.number(0...1000 * Span.second),
                    rateErrorInPartsPerMillion: clocks.number(-bound...bound)))
        }
        random.hosts = clocks
        network = Network(hostCount: hosts.count)
        store = SimulatedStore(settings.store, hostCount: hosts.count)
        let drawn = random.store.index(below: settings.store.hosts.count)
        store.leader = settings.store.leader.map { settings.store.hosts.firstIndex(of: $0) ?? drawn } ?? drawn
        clients = Clients(count: settings.clientCount)
        checkers = Checkers(timing: settings.timing)
        recording = isRecorded ? Recording(settings: settings, plan: plan) : nil
        candidates = settings.hosts.filter(\.isCandidate).map {
            LeasedMember.Candidate(host: $0.name, priority: $0.priority, zone: $0.zone)
        }
        members = settings.hosts.filter(\.isMember).map(\.name).sorted()
        begin()
    }

    private mutating func begin() {
        for host in hosts.indices where hosts[host].isMember {
            schedule(in: random.hosts.number(0...50 * Span.millisecond), .startAgent(host: host, start: 0))
        }
        for client in 0..<settings.clientCount {
            schedule(in: 600 * Span.millisecond + VirtualTime(client), .operationBegins(client: client))
        }
        for index in plan.faults.indices { expect(fault: index) }
    }

    private mutating func expect(fault index: Int) {
        queue.push(.faultBegins(index), at: plan.faults[index].start)
        queue.push(.faultEnds(index), at: plan.faults[index].end)
    }

    /// Plans more faults, with their moments counted from now.
    package mutating func add(_ later: FaultPlan) {
        for var fault in later.faults {
            fault.start += now
            plan.faults.append(fault)
            recording?.plan = plan
            expect(fault: plan.faults.count - 1)
        }
    }

    /// Runs until that moment, or until a checker has found a violation.
    package mutating func run(until end: VirtualTime) {
        while let next = queue.next, next <= end, checkers.violation == nil {
            let (moment, event) = queue.pop()
            precondition(moment >= now, "an event at \(moment) after \(now)")
            now = moment
            statistics.events += 1
            handle(event)
            if recording != nil { recordPhases() }
            if service != nil {
                let isServed = reachableServing != nil
                service?.saw(isServed: isServed, at: now)
            }
        }
        if checkers.violation == nil { now = max(now, end) }
    }

    package var violation: Violation? { checkers.violation }

    mutating func schedule(in delay: VirtualTime, _ event: WorldEvent) { queue.push(event, at: now + delay) }

    /// Puts words into the recording, if there is one.
    mutating func note(_ host: Int?, _ text: @autoclosure () -> String) {
        guard recording != nil else { return }
        recording?.entries.append(Recording.Entry(moment: now, host: host, text: text()))
    }

    private mutating func handle(_ event: WorldEvent) {
        switch event {
        case .startAgent, .stopAgent, .wake, .greet, .deliver, .suspectSupervisor, .startSupervisor,
            .lookAtGate:
            handleAgent(event)
        case .order, .enforce, .announceAddress: handleSupervisor(event)
        case .arrive, .commit, .hedge, .watchBroke, .elect: handleStore(event)
        case .workloadEnds, .openData, .dataOpened: handleWorkload(event)
        case .operationBegins, .request, .writeData, .dataWritten, .answer, .operationTimedOut: handleClients(event)
        case .faultBegins, .faultEnds, .hostBoots, .hostResumes, .inspectAddresses, .fence, .tellOrders:
            handleFault(event)
        }
    }
}
