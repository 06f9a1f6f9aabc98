internal import HagenEngine

/// The store's side: how a request reaches the leader, is written, and is seen by those who watch.
extension World {
    mutating func handleStore(_ event: WorldEvent) {
        switch event {
        case .arrive(let request): arrive(request)
        case .commit(let request): commit(request)
        case .hedge(let request, let attempt): hedge(request, attempt: attempt)
        case .watchBroke(let host, let life): watchBroke(host, life: life)
        case .elect(let generation): elect(generation)
        default: preconditionFailure("not of the store: \(event)")
        }
    }

    func isStoreMemberUp(_ member: Int) -> Bool {
        now >= store.downUntil[member] && hosts[store.members[member]].isUp(at: now)
    }

    private func areConnected(_ one: Int, _ other: Int) -> Bool {
        guard isStoreMemberUp(one), isStoreMemberUp(other), store.isOpen(one, other, at: now) else { return false }
        let (left, right) = (store.members[one], store.members[other])
        return network.isOpen(from: left, to: right, at: now) && network.isOpen(from: right, to: left, at: now)
    }

    func hasMajority(_ member: Int) -> Bool {
        store.members.indices.count { areConnected(member, $0) } >= store.majority
    }

    private mutating func arrive(_ request: StoreRequest) {
        guard isStoreMemberUp(request.endpoint) else { return refuse(request) }
        guard let leader = store.leader, areConnected(request.endpoint, leader), hasMajority(leader) else {
            return wait(request)
        }
        let hop = connectionDelay(from: store.members[request.endpoint], to: store.members[leader]) ?? 0
        schedule(in: hop + writingTime(leader), .commit(request))
    }

    /// Where the process is not there, its host says so at once; a host that is lost says nothing.
    private mutating func refuse(_ request: StoreRequest) {
        let endpoint = store.members[request.endpoint]
        guard hosts[endpoint].isUp(at: now), case .swap(let write) = request.kind,
            let delay = connectionDelay(from: endpoint, to: request.host)
        else { return }
        schedule(in: delay, .deliver(host: request.host, life: request.life, .failed(nonce: write.record.nonce)))
    }

    private mutating func wait(_ request: StoreRequest) {
        guard store.waiting.count < SimulatedStore.longestQueue else { return }
        store.waiting.append(request)
    }

    /// Until a majority has it on disk: the slowest of the quickest majority counts.
    private mutating func writingTime(_ leader: Int) -> VirtualTime {
        var times = store.members.indices.filter { areConnected(leader, $0) }.map { member in
            let host = store.members[member]
            let slowness = now < hosts[host].diskSlowUntil ? hosts[host].diskDelay : 0
            return slowness + random.store.number(300 * Span.microsecond...2 * Span.millisecond)
        }
        times.sort()
        return times[store.majority - 1]
    }

    private mutating func commit(_ request: StoreRequest) {
        guard let leader = store.leader, hasMajority(leader) else { return wait(request) }
        switch request.kind {
        case .read(let floor): answerRead(request, floor: floor)
        case .swap(let write): swap(write, request)
        }
    }

    private mutating func swap(_ write: LeaseWrite, _ request: StoreRequest) {
        let nonce = write.record.nonce
        let isPut = settings.planted == .unconditionalRenewal && write.kind == .renew
        let isSame = write.expectedNonce.map { $0 == store.value.record?.nonce } ?? true
        guard isPut || (store.value.revision == write.expected && isSame) else {
            return answer(
                request, .conflicted(nonce: nonce, storeRevision: store.revision, store.value))
        }
        let before = store.value
        store.revision += 1
        store.value = .record(write.record, revision: store.revision)
        checkers.recordWritten(
            write.record, before: before, sent: request.sent, isActing: isActing(request.host), at: now)
        if write.kind == .acquire { store.keepCopy() }
        if write.kind != .renew {
            let (record, revision) = (write.record, store.revision)
            let what = record.released ? "the release of" : "a new lease:"
            note(nil, "the store has \(what) epoch \(record.epoch) of \(record.holder), revision \(revision)")
        }
        notifyWatchers()
        answer(request, .acknowledged(nonce: nonce, revision: store.revision))
    }

    private mutating func answerRead(_ request: StoreRequest, floor: Int64) {
        store.watches[request.host] = StoreWatch(life: request.life, endpoint: request.endpoint)
        let reading = LeaseReading(
            storeID: SimulatedStore.id, revision: store.revision, floor: floor, value: store.value)
        answer(request, .read(reading))
    }

    private mutating func answer(_ request: StoreRequest, _ message: AgentMessage) {
        guard let delay = delayFromLeader(to: request.host, through: request.endpoint) else { return }
        schedule(in: delay, .deliver(host: request.host, life: request.life, .stored(request.number, message)))
    }

    private mutating func delayFromLeader(to host: Int, through endpoint: Int) -> VirtualTime? {
        guard now >= hosts[host].storeCutUntil, let leader = store.leader, areConnected(leader, endpoint),
            let inner = connectionDelay(from: store.members[leader], to: store.members[endpoint]),
            let outer = connectionDelay(from: store.members[endpoint], to: host)
        else { return nil }
        return inner + outer
    }

    private mutating func notifyWatchers() {
        for host in hosts.indices {
            guard let watch = store.watches[host], !watch.isSilent, hosts[host].agent?.life == watch.life else {
                continue
            }
            if let delay = delayFromLeader(to: host, through: watch.endpoint) {
                let arrival = max(now + delay, watch.lastArrival)
                store.watches[host]?.lastArrival = arrival
                queue.push(
                    .deliver(host: host, life: watch.life, .change(store.value, revision: store.revision)),
                    at: arrival)
            } else {
                store.watches[host]?.isSilent = true
                // A member without a leader ends its watches late; a connection that broke is noticed sooner.
                let isIsolated = store.leader.map { !areConnected($0, watch.endpoint) } ?? true
                let notice = isIsolated ? 1500 * Span.millisecond : random.store.number(100...400) * Span.millisecond
                schedule(in: notice, .watchBroke(host: host, life: watch.life))
            }
        }
    }

    /// To be called whenever who reaches whom has changed.
    mutating func lookForLeader() {
        if let leader = store.leader, hasMajority(leader) { return proceed() }
        guard !store.isElectionPlanned else { return }
        store.isElectionPlanned = true
        store.electionNumber += 1
        schedule(in: electionTime(), .elect(generation: store.electionNumber))
    }

    /// As in etcd: each follower counts ten to nineteen ticks from the leader's last heartbeat, which was a tick ago at
    /// most, and the first to have counted calls the election.
    private mutating func electionTime() -> VirtualTime {
        let tick = store.election / 10
        let followers = store.members.indices.count { $0 != store.leader && isStoreMemberUp($0) }
        let ticks = (0..<max(followers, 1)).map { _ in random.store.number(10...19) }.min() ?? 19
        return ticks * tick - random.store.number(0...tick)
    }

    private mutating func elect(_ generation: Int) {
        guard generation == store.electionNumber else { return }
        store.isElectionPlanned = false
        if let leader = store.leader, hasMajority(leader) { return proceed() }
        let electable = store.members.indices.filter(hasMajority)
        // Where nobody reaches a majority the next change of the network brings the next attempt.
        guard !electable.isEmpty else { return }
        let leader = random.store.element(of: electable)
        store.leader = leader
        statistics.elections += 1
        let name = hosts[store.members[leader]].name
        note(nil, "the store's members elect the one on \(name)")
        proceed()
    }

    /// Requests that waited for a leader: some were lost with the old one, the others are written late.
    private mutating func proceed() {
        let waiting = store.waiting
        store.waiting = []
        for request in waiting where random.store.chance(50) {
            schedule(in: random.store.number(0...20 * Span.millisecond), .commit(request))
        }
    }
}
