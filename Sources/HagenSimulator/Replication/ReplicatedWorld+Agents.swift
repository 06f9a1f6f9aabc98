internal import Hagen
internal import HagenEngine

/// The shells of the machines: agent, supervisor and store, as plain as can be.
extension ReplicatedWorld {
    mutating func boot(_ host: Int) {
        let life = hosts[host].life
        var settings = LeasedMember.Settings(
            host: hosts[host].name,
            timing: LeaseTiming(duration: .seconds(1), renew: .milliseconds(250), stop: .milliseconds(800)),
            candidates: Self.names.map { LeasedMember.Candidate(host: $0, priority: 100) }, standby: .hot,
            restartLimit: 0, restartWindow: .seconds(60), freshness: .milliseconds(400), planted: planted)
        settings.replication = policy
        hosts[host].member = LeasedMember(
            settings: settings, memory: hosts[host].memory, nonceSeed: random.next())
        (hosts[host].run, hosts[host].permit, hosts[host].ending, hosts[host].wakeAt) = (0, nil, nil, nil)
        hosts[host].server.end()
        note(host, "boots with \(hosts[host].server.values.count) values")
        plan(.deliver(host: host, life: life, .supervisor), in: 5 * Span.millisecond)
        plan(.observe(host: host, life: life), in: random.number(10...80) * Span.millisecond)
        plan(.greet(host: host, life: life), in: random.number(1...100) * Span.millisecond)
        plan(.look(host: host, life: life), in: 2 * Span.millisecond)
        plan(.pull(host: host, life: life), in: 10 * Span.millisecond)
    }

    mutating func tell(_ host: Int, _ event: (inout LeasedMember, Instant) -> [MemberDirective]) {
        let reading = instant
        guard let directives = hosts[host].member.mutate({ event(&$0, reading) }) else { return }
        for directive in directives { perform(directive, host) }
        guard let wake = hosts[host].member?.wake(at: instant), wake != .distantFuture else { return }
        let moment = max(wake.nanoseconds - Span.second, now + Span.microsecond)
        if let planned = hosts[host].wakeAt, planned <= moment, planned > now { return }
        hosts[host].wakeAt = moment
        queue.push(.wake(host: host, life: hosts[host].life), at: moment)
    }

    private mutating func perform(_ directive: MemberDirective, _ host: Int) {
        let life = hosts[host].life
        switch directive {
        case .write(let write):
            guard !isCut(host) else { return }
            plan(.commit(host: host, life: life, write), in: latency())
        case .remember(let memory): plan(.deliver(host: host, life: life, .remembered(memory)), in: latency())
        case .start(let run, let role, let permit):
            hosts[host].run = run
            act(.serve(role, permit), run, host)
        case .promote(let run, let permit): act(.serve(.active, permit), run, host)
        case .extend(let run, let permit):
            guard run == hosts[host].run, hosts[host].server.isRunning else { return }
            extend(host, permit)
        case .stop(let run), .kill(let run): act(.end, run, host)
        case .report(let decision): note(host, "\(decision.reason) (epoch \(decision.epoch))")
        case .data(let directive): perform(directive, host)
        case .look: look(host)
        case .ask, .promise, .fence, .finish: break
        }
    }

    private mutating func perform(_ directive: DataDirective, _ host: Int) {
        let life = hosts[host].life
        switch directive {
        case .gather(let epoch, let round, let peers):
            for peer in hosts.indices where peers.contains(hosts[peer].name) {
                send(.asked(by: host, epoch: epoch, round: round), from: host, to: peer)
            }
        case .report(let peer, let epoch, let round, let position):
            guard let target = hosts.firstIndex(where: { $0.name == peer }) else { return }
            send(.reported(by: host, epoch: epoch, round: round, position), from: host, to: target)
        case .stopReceiving(let epoch):
            let server = hosts[host].server
            hosts[host].server.stoppedBelow = max(server.stoppedBelow, epoch)
            if let upstream = server.upstream, upstream.epoch < epoch { hosts[host].server.upstream = nil }
            observeSoon(host)
        case .waitFor(let set):
            guard hosts[host].server.role == .primary else {
                hosts[host].server.waitsFor = set
                return
            }
            // A running server takes its time to read its settings anew.
            plan(
                .act(host: host, life: life, run: hosts[host].run, .waitFor(set)),
                in: random.number(1...30) * Span.millisecond)
        case .follow(let upstream):
            if upstream.epoch >= hosts[host].server.stoppedBelow { hosts[host].server.upstream = upstream }
            observeSoon(host)
        }
    }

    private mutating func act(_ act: Act, _ run: UInt64, _ host: Int) {
        plan(.act(host: host, life: hosts[host].life, run: run, act), in: random.number(1...5) * Span.millisecond)
    }

    private mutating func observeSoon(_ host: Int) {
        plan(
            .deliver(host: host, life: hosts[host].life, .observed), in: random.number(1...20) * Span.millisecond)
    }

    mutating func observe(_ host: Int) {
        let report = hosts[host].server.report(at: now)
        tell(host) { $0.dataReported(report, at: $1) }
    }

    mutating func perform(_ act: Act, run: UInt64, on host: Int) {
        guard run == hosts[host].run else { return }
        switch act {
        case .serve(.standby, _):
            hosts[host].server.isRunning = true
            hosts[host].server.role = .replica
        case .serve(.active, let permit):
            guard let permit, instant < permit.deadline else { return end(host, "its permit was over") }
            hosts[host].server.isRunning = true
            extend(host, permit)
            if hosts[host].server.role != .primary { promote(host, permit.epoch) }
        case .end: return end(host, "was ended")
        case .waitFor(let set):
            hosts[host].server.waitsFor = set
            acknowledge(host)
        }
        deliver(.supervisor, to: host)
        observeSoon(host)
    }

    private mutating func extend(_ host: Int, _ permit: Permit) {
        if let known = hosts[host].permit, known.epoch == permit.epoch, permit.deadline <= known.deadline { return }
        hosts[host].permit = permit
        queue.push(
            .enforce(host: host, life: hosts[host].life), at: max(permit.deadline.nanoseconds - Span.second, now))
    }

    mutating func end(_ host: Int, _ words: String) {
        hosts[host].server.end()
        (hosts[host].permit, hosts[host].ending) = (nil, words)
        deliver(.supervisor, to: host)
    }

    mutating func greet(_ host: Int) {
        guard let member = hosts[host].member else { return }
        plan(.greet(host: host, life: hosts[host].life), in: 100 * Span.millisecond)
        let message = Message.greeting(
            from: host, isReady: member.isReady(at: instant), epoch: member.memory?.epoch ?? 0,
            member.dataPosition(of: hosts[host].name))
        for peer in hosts.indices where peer != host { send(message, from: host, to: peer) }
    }

    private mutating func send(_ message: Message, from host: Int, to peer: Int) {
        guard isConnected(host, peer), !random.chance(2) else { return }
        plan(.deliver(host: peer, life: hosts[peer].life, message), in: latency())
    }

    mutating func look(_ host: Int) {
        guard !isCut(host), let member = hosts[host].member else { return }
        plan(
            .deliver(
                host: host, life: hosts[host].life,
                .value(value, revision: revision, isRead: true, floor: member.knownRevision)), in: latency())
    }

    private var value: LeaseValue { record.map { .record($0, revision: revision) } ?? .absent }

    mutating func commit(_ write: LeaseWrite, of host: Int, life: Int) {
        let isTaken = write.expected == (record == nil ? 0 : revision)
        if isTaken {
            record = write.record
            revision += 1
            for peer in hosts.indices where peer != host && !isCut(peer) {
                plan(
                    .deliver(
                        host: peer, life: hosts[peer].life,
                        .value(value, revision: revision, isRead: false, floor: 0)), in: latency())
            }
        }
        guard !isCut(host), hosts[host].life == life else { return }
        let nonce = write.record.nonce
        plan(
            .deliver(
                host: host, life: life,
                isTaken
                    ? .acknowledged(nonce: nonce, revision: revision)
                    : .conflicted(nonce: nonce, revision: revision, value)), in: latency())
    }

    mutating func deliver(_ message: Message, to host: Int) {
        switch message {
        case .value(let value, let revision, let isRead, let floor):
            tell(host) { member, now in
                guard isRead else { return member.leaseChanged(value, revision: revision, at: now) }
                return member.leaseRead(
                    LeaseReading(storeID: "S", revision: revision, floor: floor, value: value), at: now)
            }
        case .acknowledged(let nonce, let revision):
            tell(host) { $0.writeAcknowledged(nonce: nonce, storeID: "S", revision: revision, at: $1) }
        case .conflicted(let nonce, let revision, let value):
            tell(host) {
                $0.writeConflicted(nonce: nonce, storeID: "S", storeRevision: revision, current: value, at: $1)
            }
        case .remembered(let memory):
            hosts[host].memory = memory
            tell(host) { $0.memoryWritten(memory, at: $1) }
        case .supervisor:
            let (server, run) = (hosts[host].server, hosts[host].run)
            let report = SupervisorReport(
                run: run, state: server.isRunning ? .running : .idle,
                role: server.role == .primary ? .active : .standby, permit: hosts[host].permit,
                ending: hosts[host].ending)
            tell(host) { $0.supervisorReported(report, at: $1) }
        case .observed: observe(host)
        case .greeting(let peer, let isReady, let epoch, let position):
            let name = hosts[peer].name
            tell(host) {
                $0.peerDataSeen(name, position)
                return $0.peerGreeted(name, isReady: isReady, epoch: epoch, at: $1)
            }
        case .asked(let peer, let epoch, let round):
            let name = hosts[peer].name
            tell(host) { $0.reportAsked(by: name, epoch: epoch, round: round, at: $1) }
        case .reported(let peer, let epoch, let round, let position):
            let name = hosts[peer].name
            tell(host) { $0.reported(by: name, epoch: epoch, round: round, position: position, at: $1) }
        }
    }

    private mutating func latency() -> VirtualTime { random.number(300 * Span.microsecond...4 * Span.millisecond) }
}
