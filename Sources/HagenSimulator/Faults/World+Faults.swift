internal import Hagen
internal import HagenEngine

/// How a fault begins and ends.
extension World {
    mutating func handleFault(_ event: WorldEvent) {
        switch event {
        case .faultBegins(let index): begin(index)
        case .faultEnds(let index):
            let fault = plan.faults[index]
            note(nil, "end of the fault: \(fault.kind.rawValue)")
            if fault.kind == .oldStore { restoreOldStore(Int(fault.amount)) }
            endOrders()
            lookForLeader()
            schedule(in: Self.clearingTime, .inspectAddresses)
        case .hostBoots(let host): boot(host)
        case .hostResumes(let host):
            guard now >= hosts[host].frozenUntil else { return }
            checkActing(host)
        case .inspectAddresses: checkAddresses()
        case .fence(let host, let life, let target, let epoch): fence(target, epoch: epoch, by: host, life: life)
        case .tellOrders(let host, let life): tellOrders(host, life: life)
        default: preconditionFailure("not a fault: \(event)")
        }
    }

    private func find(_ victim: Fault.Victim) -> Int {
        let members = hosts.indices.filter { hosts[$0].isMember }
        let active = members.first(where: isActing) ?? members.first { hosts[$0].agent?.member.isActive ?? false }
        switch victim {
        case .host(let index): return min(index, hosts.count - 1)
        case .active: return active ?? members.first ?? 0
        case .standby: return members.first { $0 != active } ?? 0
        case .storeLeader: return store.members[store.leader ?? 0]
        case .everything: return 0
        }
    }

    private mutating func begin(_ index: Int) {
        let fault = plan.faults[index]
        let victim = find(fault.victim)
        let until = fault.end
        recording?.began(index, on: fault.victim == .everything ? nil : victim)
        note(
            fault.victim == .everything ? nil : victim,
            "fault: \(fault.kind.rawValue) for \(Duration(virtual: fault.length).text)"
                + (fault.amount == 0 ? "" : ", \(fault.amount)"))
        switch fault.kind {
        case .lostHost, .replacedHost: losePower(victim, until: until, isReplaced: fault.kind == .replacedHost)
        case .frozenHost, .frozenAgent, .frozenSupervisor: freeze(victim, fault.kind, until: until)
        case .killedAgent: killAgent(victim, until: until)
        case .stoppedAgent:
            guard hosts[victim].agent != nil, now >= hosts[victim].downUntil else { break }
            hosts[victim].agentStart += 1
            queue.push(.startAgent(host: victim, start: hosts[victim].agentStart), at: until)
            // A frozen one hears of it when it runs again.
            queue.push(.stopAgent(host: victim, life: hosts[victim].agent?.life ?? 0), at: now)
        case .killedSupervisor: if hosts[victim].supervisor != nil { loseSupervisor(victim) }
        case .killedWorkload, .crashLoop, .hangingWorkload, .stuckWorkload, .closedGate, .fullDisk, .slowDisk,
            .clockJump:
            damage(victim, fault, until: until)
        case .cutOff, .splitOff, .mute, .deaf, .cutPath, .cutFromStore, .cutFromMembers:
            cut(victim, fault.kind, until: until)
        case .paused, .drained, .switchover: begin(order: fault.kind, victim, until: until)
        case .loss, .delay, .duplication: disturb(fault, until: until)
        case .storeOutage, .lostStoreMember, .isolatedStoreMember, .oldStore:
            damageStore(victim, fault.kind, until: until)
        }
        lookForLeader()
    }

    mutating func losePower(_ host: Int, until: VirtualTime, isReplaced: Bool) {
        hosts[host].downUntil = max(hosts[host].downUntil, until)
        hosts[host].agent = nil
        hosts[host].agentStart += 1
        hosts[host].supervisor = nil
        hosts[host].workload = nil
        hosts[host].hasAddress = false
        hosts[host].gateOpenUntil = 0
        hosts[host].frozenUntil = 0
        hosts[host].agentFrozenUntil = 0
        hosts[host].supervisorFrozenUntil = 0
        hosts[host].workloadSticksUntil = 0
        if isReplaced { hosts[host].memory = nil }
        queue.push(.hostBoots(host: host), at: until)
    }

    private mutating func boot(_ host: Int) {
        guard now >= hosts[host].downUntil, hosts[host].agent == nil else { return }
        note(host, "the host has booted")
        // Its clock counts from this boot.
        hosts[host].clock.offset = -now
        lookForLeader()
        guard hosts[host].isMember else { return }
        hosts[host].agentStart += 1
        schedule(
            in: random.hosts.number(20...200) * Span.millisecond,
            .startAgent(host: host, start: hosts[host].agentStart))
    }

    private mutating func killAgent(_ host: Int, until: VirtualTime) {
        guard hosts[host].agent != nil, now >= hosts[host].downUntil else { return }
        hosts[host].agent = nil
        hosts[host].agentFrozenUntil = 0
        hosts[host].agentStart += 1
        queue.push(.startAgent(host: host, start: hosts[host].agentStart), at: until)
    }

    private mutating func freeze(_ host: Int, _ kind: Fault.Kind, until: VirtualTime) {
        switch kind {
        case .frozenAgent: hosts[host].agentFrozenUntil = max(hosts[host].agentFrozenUntil, until)
        case .frozenSupervisor: hosts[host].supervisorFrozenUntil = max(hosts[host].supervisorFrozenUntil, until)
        default:
            hosts[host].frozenUntil = max(hosts[host].frozenUntil, until)
            queue.push(.hostResumes(host: host), at: until)
        }
        guard settings.planted == .permitOutlastsFreeze, kind != .frozenAgent,
            hosts[host].supervisor?.report.permit != nil
        else { return }
        // The bug: time that it was frozen for is not counted.
        hosts[host].supervisor?.lostTime += until - now
        hosts[host].gateOpenUntil += until - now
    }

    private mutating func damage(_ host: Int, _ fault: Fault, until: VirtualTime) {
        switch fault.kind {
        case .killedWorkload:
            if let workload = hosts[host].workload {
                endLater(host, workload.process, in: 0...0, "was ended by signal 9", isKill: true)
            }
        case .crashLoop:
            hosts[host].workloadFailsUntil = max(hosts[host].workloadFailsUntil, until)
            if let workload = hosts[host].workload {
                endLater(host, workload.process, in: 0...0, "exited with status 1")
            }
        case .hangingWorkload: hosts[host].workloadHangsUntil = max(hosts[host].workloadHangsUntil, until)
        case .stuckWorkload: hosts[host].workloadSticksUntil = max(hosts[host].workloadSticksUntil, until)
        case .closedGate: hosts[host].gateClosedUntil = max(hosts[host].gateClosedUntil, until)
        case .fullDisk: hosts[host].diskFullUntil = max(hosts[host].diskFullUntil, until)
        case .slowDisk:
            hosts[host].diskSlowUntil = max(hosts[host].diskSlowUntil, until)
            hosts[host].diskDelay = fault.amount * Span.millisecond
        default: hosts[host].wallClockOffset += fault.amount * Span.second
        }
    }

    private mutating func cut(_ host: Int, _ kind: Fault.Kind, until: VirtualTime) {
        switch kind {
        case .cutFromStore: hosts[host].storeCutUntil = max(hosts[host].storeCutUntil, until)
        case .cutFromMembers: hosts[host].greetingsCutUntil = max(hosts[host].greetingsCutUntil, until)
        case .cutPath: network.cutBoth(host, (host + 1) % hosts.count, until: until)
        case .cutOff: for node in 0..<network.nodeCount { network.cutBoth(host, node, until: until) }
        default:
            for other in hosts.indices {
                if kind != .deaf { network.cut(from: host, to: other, until: until) }
                if kind != .mute { network.cut(from: other, to: host, until: until) }
            }
        }
    }

    private mutating func disturb(_ fault: Fault, until: VirtualTime) {
        switch fault.kind {
        case .loss:
            network.lossUntil = max(network.lossUntil, until)
            network.lossPercent = Int(fault.amount)
        case .delay:
            network.delayUntil = max(network.delayUntil, until)
            network.longestDelay = fault.amount * Span.millisecond
        default: network.duplicationUntil = max(network.duplicationUntil, until)
        }
    }

    private mutating func damageStore(_ host: Int, _ kind: Fault.Kind, until: VirtualTime) {
        switch kind {
        case .storeOutage, .oldStore:
            for member in store.members.indices { store.downUntil[member] = max(store.downUntil[member], until) }
        case .lostStoreMember:
            guard let member = store.members.firstIndex(of: host) else { return }
            store.downUntil[member] = max(store.downUntil[member], until)
        case .isolatedStoreMember:
            guard let member = store.members.firstIndex(of: host) else { return }
            for other in store.members.indices where other != member {
                store.cut(member, other, until: until)
            }
        default: preconditionFailure("not of the store: \(kind)")
        }
    }

    private mutating func restoreOldStore(_ number: Int) {
        checkers.storeWentBack()
        let copy = store.copies[number % store.copies.count]
        store.value = copy.value
        store.revision = copy.revision
        // What waited for its leader waited in the old one's memory.
        store.waiting = []
        for watcher in hosts.indices {
            guard let watch = store.watches[watcher] else { continue }
            store.watches[watcher]?.isSilent = true
            schedule(
                in: random.store.number(50...300) * Span.millisecond,
                .watchBroke(host: watcher, life: watch.life))
        }
    }
}
