/// What goes wrong: hosts that are lost and come back, alone or all at once and in any order, that are cut off, or slow.
extension ReplicatedWorld {
    mutating func strike() {
        plan(.fault, in: random.number(500 * Span.millisecond...6 * Span.second))
        let host = random.index(below: hosts.count)
        switch random.number(0...9) {
        case 0...3: crash(host, for: random.number(100...5000) * Span.millisecond)
        case 4...5: hosts[host].cutUntil = now + random.number(300...4000) * Span.millisecond
        case 6...8: hosts[host].slowUntil = now + random.number(1...6) * Span.second
        default:
            note(nil, "all hosts are lost")
            for host in hosts.indices { crash(host, for: random.number(100...6000) * Span.millisecond) }
        }
        if isCut(host) { note(host, "is cut off") }
        if now < hosts[host].slowUntil { note(host, "is slow") }
    }

    private mutating func crash(_ host: Int, for time: Int64) {
        note(host, "is lost")
        hosts[host].life += 1
        hosts[host].member = nil
        hosts[host].server.end()
        // A copy that was broken off is no data.
        if hosts[host].server.isCloning { hosts[host].server.copy(ReplicatedServer()) }
        hosts[host].permit = nil
        plan(.start(host: host, life: hosts[host].life), in: time)
    }

    mutating func heal() {
        isHealed = true
        note(nil, "nothing fails from now on")
        for host in hosts.indices {
            (hosts[host].cutUntil, hosts[host].slowUntil) = (0, 0)
            if hosts[host].member == nil {
                hosts[host].life += 1
                plan(.start(host: host, life: hosts[host].life), in: 0)
            }
        }
    }
}
