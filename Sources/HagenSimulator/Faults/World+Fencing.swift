internal import Hagen
internal import HagenEngine

/// A device that takes the power from a host when another host's agent orders it, over a network of its own.
extension World {
    mutating func fence(_ name: String, epoch: UInt64, by host: Int) {
        guard let target = hosts.firstIndex(where: { $0.name == name }), let agent = hosts[host].agent
        else { return }
        schedule(
            in: settings.fencingDuration.nanoseconds, .fence(by: host, life: agent.life, target: target, epoch: epoch))
    }

    /// Two that fence each other are both off when both orders get through; the delays see to it that one does not.
    mutating func fence(_ target: Int, epoch: UInt64, by host: Int, life: Int) {
        // An order that its sender did not live to see through comes to nothing.
        guard now >= hosts[host].downUntil, hosts[host].agent?.life == life else { return }
        let name = hosts[host].name
        note(target, "is fenced by \(name)")
        losePower(target, until: now + 2 * settings.timing.duration.nanoseconds, isReplaced: false)
        checkers.lostPower(hosts[target].name, at: now)
        lookForLeader()
        schedule(
            in: Span.millisecond,
            .deliver(host: host, life: life, .fenced(host: hosts[target].name, epoch: epoch, problem: nil)))
    }
}
