internal import Hagen
internal import HagenEngine

/// The shell of an agent: it tells the machine what happened, and performs what the machine says.
extension World {
    mutating func handleAgent(_ event: WorldEvent) {
        switch event {
        case .startAgent(let host, let start):
            guard hosts[host].agentStart == start else { return }
            if hosts[host].frozenUntil > now { return queue.push(event, at: hosts[host].frozenUntil) }
            // One that was told to stop and has not finished is killed by systemd at last.
            if hosts[host].agent?.isStopping == true { hosts[host].agent = nil }
            startAgent(host)
        case .stopAgent(let host, let life):
            guard canRun(host, life, event) else { return }
            hosts[host].agent?.isStopping = true
            tell(host) { $0.stopRequested(at: $1) }
        case .wake(let host, let life):
            guard canRun(host, life, event), hosts[host].agent?.wakeAt == now else { return }
            hosts[host].agent?.wakeAt = nil
            tell(host) { $0.timeReached(at: $1) }
        case .greet(let host, let life):
            guard canRun(host, life, event) else { return }
            greet(from: host)
        case .deliver(let host, let life, let message):
            guard canRun(host, life, event) else { return }
            deliver(message, to: host)
        case .suspectSupervisor(let host, let life, let order, let isSecondLook):
            guard canRun(host, life, event) else { return }
            suspectSupervisor(host, order: order, isSecondLook: isSecondLook)
        case .startSupervisor(let host, let life):
            guard canRun(host, life, event) else { return }
            connectSupervisor(host)
        case .lookAtGate(let host, let life):
            guard canRun(host, life, event) else { return }
            lookAtGate(host)
        default: preconditionFailure("not of an agent: \(event)")
        }
    }

    /// What is meant for a frozen agent waits for it; what is meant for an earlier life is lost.
    private mutating func canRun(_ host: Int, _ life: Int, _ event: WorldEvent) -> Bool {
        guard hosts[host].agent?.life == life else { return false }
        guard let resumes = hosts[host].agentResumes(after: now) else { return true }
        if case .wake = event { hosts[host].agent?.wakeAt = resumes }
        queue.push(event, at: resumes)
        return false
    }

    /// What the agent and the supervisor of a host take for the time.
    func reading(of host: Int) -> Instant {
        let instant = hosts[host].clock.reading(at: now)
        guard settings.planted == .deadlineOnWallClock else { return instant }
        return Instant(nanoseconds: instant.nanoseconds + hosts[host].wallClockOffset)
    }

    /// When a host's clock will show that instant.
    func moment(of instant: Instant, on host: Int) -> VirtualTime {
        guard settings.planted == .deadlineOnWallClock, instant != .distantFuture else {
            return hosts[host].clock.moment(of: instant)
        }
        return hosts[host].clock.moment(
            of: Instant(nanoseconds: instant.nanoseconds - hosts[host].wallClockOffset))
    }

    mutating func nextProcess(_ host: Int) -> Int {
        hosts[host].processes += 1
        return hosts[host].processes
    }

    private mutating func startAgent(_ host: Int) {
        guard hosts[host].agent == nil else { return }
        let life = nextProcess(host)
        let planted: LeasedMember.PlantedFault? =
            switch settings.planted {
            case .deadlineFromAcknowledgement: .deadlineFromAcknowledgement
            case .cachedViewAfterResume: .cachedViewAfterResume
            case .failsafeWithMajority: .failsafeWithMajority
            case .swapAgainstFreshRevision: .swapAgainstFreshRevision
            default: nil
            }
        var own = LeasedMember.Settings(
            host: hosts[host].name, timing: settings.timing, candidates: candidates, members: members,
            standby: settings.workload.standby, restartLimit: settings.workload.restartLimit,
            restartWindow: settings.workload.restartWindow, freshness: settings.heartbeat * 4, planted: planted)
        own.giveBackAfter = settings.giveBackAfter
        own.isGated = settings.isGated
        own.fencingDelay = settings.hosts[host].fencingDelay
        let member = LeasedMember(settings: own, memory: hosts[host].memory, nonceSeed: random.hosts.next())
        let endpoint = store.members.firstIndex(of: host) ?? host % store.members.count
        hosts[host].agent = SimulatedAgent(life: life, startedAt: now, member: member, endpoint: endpoint)
        note(host, "the agent starts")
        schedule(in: random.hosts.number(1...20) * Span.millisecond, .startSupervisor(host: host, life: life))
        schedule(in: random.hosts.number(0...settings.heartbeat.nanoseconds), .greet(host: host, life: life))
        readLease(host)
        schedule(in: Span.millisecond, .tellOrders(host: host, life: life))
        if settings.isGated { schedule(in: Span.millisecond, .lookAtGate(host: host, life: life)) }
    }

    private mutating func lookAtGate(_ host: Int) {
        guard let agent = hosts[host].agent else { return }
        schedule(in: WorldSettings.gateInterval.nanoseconds, .lookAtGate(host: host, life: agent.life))
        let problem = now < hosts[host].gateClosedUntil ? "nothing listens behind the gate" : nil
        tell(host) { $0.gateChanged(problem, at: $1) }
    }

    private mutating func deliver(_ message: AgentMessage, to host: Int) {
        switch message {
        case .stored(let number, let answer):
            if isAnswer(number, for: host) { deliver(answer, to: host) }
        case .report(var report, let order):
            hosts[host].agent.mutate { $0.lastAnsweredOrder = max($0.lastAnsweredOrder, order) }
            if hosts[host].agent?.isSupervisorReplaced == true {
                hosts[host].agent?.isSupervisorReplaced = false
                report.ending = "was lost with its supervisor"
            }
            tell(host) { $0.supervisorReported(report, at: $1) }
        case .read(let reading): tell(host) { $0.leaseRead(reading, at: $1) }
        case .change(let value, let revision): tell(host) { $0.leaseChanged(value, revision: revision, at: $1) }
        case .acknowledged(let nonce, let revision):
            tell(host) {
                $0.writeAcknowledged(nonce: nonce, storeID: SimulatedStore.id, revision: revision, at: $1)
            }
        case .conflicted(let nonce, let revision, let value):
            tell(host) {
                $0.writeConflicted(
                    nonce: nonce, storeID: SimulatedStore.id, storeRevision: revision, current: value, at: $1)
            }
            // The watch may have missed something.
            if hosts[host].agent?.member.phase == .watching { readLease(host) }
        case .failed(let nonce): tell(host) { $0.writeFailed(nonce: nonce, at: $1) }
        case .remembered(let memory):
            hosts[host].memory = memory
            tell(host) { $0.memoryWritten(memory, at: $1) }
        case .notRemembered: tell(host) { $0.memoryNotWritten("the disk is full", at: $1) }
        case .greeting(let peer, let isReady, let epoch):
            let name = hosts[peer].name
            tell(host) { $0.peerGreeted(name, isReady: isReady, epoch: epoch, at: $1) }
        case .promiseAsked(let peer, let epoch, let round):
            let name = hosts[peer].name
            tell(host) { $0.promiseAsked(by: name, epoch: epoch, round: round, at: $1) }
        case .promised(let peer, let epoch, let round):
            let name = hosts[peer].name
            tell(host) { $0.promised(by: name, epoch: epoch, round: round, at: $1) }
        case .fenced(let target, let epoch, let problem):
            tell(host) { $0.fenced(target, epoch: epoch, problem: problem, at: $1) }
        case .orders(let orders): tell(host) { $0.ordersChanged(orders, at: $1) }
        }
    }

    /// Lets something happen to a member and performs what it says.
    mutating func tell(_ host: Int, _ event: (inout LeasedMember, Instant) -> [MemberDirective]) {
        let reading = reading(of: host)
        guard let directives = hosts[host].agent.mutate({ event(&$0.member, reading) }) else { return }
        for directive in directives { perform(directive, host) }
        guard let wake = hosts[host].agent?.member.wake(at: reading) else { return }
        let moment = max(moment(of: wake, on: host), now + Span.microsecond)
        guard let life = hosts[host].agent?.life, moment != .max else { return }
        if let planned = hosts[host].agent?.wakeAt, planned <= moment, planned > now { return }
        hosts[host].agent?.wakeAt = moment
        queue.push(.wake(host: host, life: life), at: moment)
    }

    private mutating func perform(_ directive: MemberDirective, _ host: Int) {
        switch directive {
        case .write(let write): send(.swap(write), from: host)
        case .remember(let memory): remember(memory, host)
        case .start, .promote, .extend, .stop, .kill: order(directive, host)
        case .ask(let epoch, let round, let peers):
            checkers.asked(epoch: epoch, round: round, of: members.filter { $0 != hosts[host].name }, at: now)
            for peer in peers { send(.promiseAsked(by: host, epoch: epoch, round: round), from: host, to: peer) }
        case .promise(let peer, let epoch, let round):
            checkers.promised(by: hosts[host].name, epoch: epoch, round: round)
            send(.promised(by: host, epoch: epoch, round: round), from: host, to: peer)
        case .look: readLease(host)
        case .data: preconditionFailure("no data is declared, and the machine says \(directive)")
        case .fence(let target, let epoch): fence(target, epoch: epoch, by: host)
        case .report(let decision):
            note(host, decision.epoch > 0 ? "\(decision.reason) (epoch \(decision.epoch))" : decision.reason)
        case .finish:
            note(host, "the agent ends")
            hosts[host].agent = nil
        }
    }

    private mutating func remember(_ memory: LeaseMemory, _ host: Int) {
        guard let agent = hosts[host].agent else { return }
        let slowness = now < hosts[host].diskSlowUntil ? hosts[host].diskDelay : 0
        let moment = max(
            now + slowness + random.hosts.number(200 * Span.microsecond...8 * Span.millisecond), agent.memoryWrittenAt)
        hosts[host].agent?.memoryWrittenAt = moment
        let isFull = now < hosts[host].diskFullUntil
        queue.push(
            .deliver(host: host, life: agent.life, isFull ? .notRemembered : .remembered(memory)), at: moment)
    }

    private mutating func greet(from host: Int) {
        guard let life = hosts[host].agent?.life else { return }
        schedule(in: settings.heartbeat.nanoseconds, .greet(host: host, life: life))
        let isReady = hosts[host].agent?.member.isReady(at: reading(of: host)) ?? false
        let epoch = hosts[host].agent?.member.memory?.epoch ?? 0
        let message = AgentMessage.greeting(host: host, isReady: isReady, epoch: epoch)
        for peer in hosts.indices where peer != host { send(message, from: host, to: peer) }
    }

    /// What agents say to each other are datagrams.
    private mutating func send(_ message: AgentMessage, from host: Int, to peer: Int) {
        guard let life = hosts[peer].agent?.life, now >= hosts[host].greetingsCutUntil,
            now >= hosts[peer].greetingsCutUntil
        else { return }
        let copies = datagramDelays(from: host, to: peer)
        if let delay = copies.first { schedule(in: delay, .deliver(host: peer, life: life, message)) }
        if let delay = copies.second { schedule(in: delay, .deliver(host: peer, life: life, message)) }
    }

    private mutating func send(_ message: AgentMessage, from host: Int, to name: String) {
        guard let peer = hosts.firstIndex(where: { $0.name == name }) else { return }
        send(message, from: host, to: peer)
    }
}

extension Optional {
    /// Changes the value in its place, where there is one.
    mutating func mutate<Result>(_ change: (inout Wrapped) -> Result) -> Result? {
        guard self != nil else { return nil }
        return change(&self!)
    }
}
