internal import Hagen
internal import HagenEngine

/// The life of a workload's process.
extension World {
    mutating func handleWorkload(_ event: WorldEvent) {
        switch event {
        case .workloadEnds(let host, let process, let ending):
            guard hosts[host].workload?.process == process else { return }
            let frozen = hosts[host].frozenUntil
            if now < frozen { return queue.push(event, at: frozen) }
            workloadEnded(host, ending)
        case .openData(let host, let process): openData(host, process, event)
        case .dataOpened(let host, let process, let answer):
            guard isRunning(host, process, event) else { return }
            guard answer.isGranted else { return workloadEnded(host, "exited: its data know a newer epoch") }
            hosts[host].workload?.value = answer.value
            hosts[host].workload?.version = answer.version
            hosts[host].workload?.isOpen = true
            let epoch = hosts[host].workload?.epoch ?? 0
            note(host, "its workload serves in epoch \(epoch)")
        default: preconditionFailure("not of a workload: \(event)")
        }
    }

    /// What is meant for a process on a frozen host waits for it.
    mutating func isRunning(_ host: Int, _ process: Int, _ event: WorldEvent) -> Bool {
        guard hosts[host].workload?.process == process else { return false }
        guard now < hosts[host].frozenUntil else { return true }
        queue.push(event, at: hosts[host].frozenUntil)
        return false
    }

    /// - Parameter isKill: nothing but an uninterruptible sleep holds it up.
    mutating func endLater(
        _ host: Int, _ process: Int, in range: ClosedRange<VirtualTime>, _ ending: String, isKill: Bool = false
    ) {
        let moment = now + random.hosts.number(range)
        queue.push(
            .workloadEnds(host: host, process: process, ending: ending),
            at: max(moment, hosts[host].workloadSticksUntil))
    }

    mutating func workloadEnded(_ host: Int, _ ending: String) {
        guard let workload = hosts[host].workload else { return }
        if workload.role == .active { note(host, "its workload \(ending), dead") }
        hosts[host].workload = nil
        guard hosts[host].supervisor != nil else { return }
        // It has no descendants: with it nothing is left.
        supervise(host) { machine, _ in machine.ended() }
        hosts[host].supervisor?.machine.provedDead(ending: ending)
        reply(host)
    }

    private mutating func openData(_ host: Int, _ process: Int, _ event: WorldEvent) {
        guard isRunning(host, process, event), let workload = hosts[host].workload else { return }
        if now < hosts[host].diskFullUntil { return workloadEnded(host, "exited: no space left on device") }
        guard settings.clientCount > 0 else {
            hosts[host].workload?.isOpen = true
            return
        }
        guard let there = connectionDelay(from: host, to: network.data),
            let back = connectionDelay(from: network.data, to: host)
        else { return schedule(in: 50 * Span.millisecond, event) }
        let answer = data.open(epoch: workload.epoch)
        schedule(in: there + back, .dataOpened(host: host, process: process, answer))
    }
}
