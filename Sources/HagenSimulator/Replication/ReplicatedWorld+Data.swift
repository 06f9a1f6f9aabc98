internal import Hagen
internal import HagenEngine

/// The servers, their clients, and what is checked of them.
extension ReplicatedWorld {
    mutating func promote(_ host: Int, _ epoch: UInt64) {
        let before = record?.data
        hosts[host].server.promote(epoch: epoch)
        outcome.promotions += 1
        note(host, "its server is the primary of epoch \(epoch) with \(hosts[host].server.values.count) values")
        checkPromotion(host, published: before)
    }

    /// A replica asks its primary for more.
    mutating func pull(_ host: Int) {
        guard let (source, epoch) = source(of: host), let position = hosts[source].server.position else { return }
        switch ReturningMember.action(
            hosts[host].server.report(at: now), primary: position, epoch: epoch, canRewind: !random.chance(20))
        {
        case .follow: hosts[host].server.receive(40, from: hosts[source].server)
        case .rewind(let offset):
            note(host, "rewinds to \(offset)")
            hosts[host].server.rewind(to: offset)
            return
        case .reclone(let cause):
            note(host, "is cloned: \(cause.text)")
            hosts[host].server.isCloning = true
            plan(
                .copied(host: host, life: hosts[host].life, from: source),
                in: random.number(100...900) * Span.millisecond)
            return
        case .refuse: return
        }
        hosts[source].server.standbys[hosts[host].name] = (hosts[host].server.offset, now)
        acknowledge(source)
    }

    /// Whom a replica streams from, as things are, and since which epoch that is the primary.
    private func source(of host: Int) -> (Int, epoch: UInt64)? {
        let server = hosts[host].server
        guard server.isRunning, server.role == .replica, !server.isCloning, let upstream = server.upstream,
            upstream.epoch >= server.stoppedBelow, let source = hosts.firstIndex(where: { $0.name == upstream.host }),
            source != host, hosts[source].member != nil, isConnected(host, source)
        else { return nil }
        let primary = hosts[source].server
        guard primary.isRunning, primary.role == .primary, primary.epoch == upstream.epoch else { return nil }
        return (source, upstream.epoch)
    }

    mutating func copied(_ host: Int, from source: Int) {
        guard isConnected(host, source), hosts[source].member != nil, hosts[source].server.role == .primary,
            hosts[source].server.isRunning
        else {
            // A copy that was broken off is no data: it begins anew.
            hosts[host].server.copy(ReplicatedServer())
            return
        }
        hosts[host].server.copy(hosts[source].server)
    }

    mutating func write() {
        plan(.write, in: 20 * Span.millisecond)
        for host in hosts.indices where serves(host) {
            lastValue += 1
            let end = hosts[host].server.append(lastValue)
            hosts[host].server.pending.append((lastValue, end))
            acknowledge(host)
        }
    }

    private func serves(_ host: Int) -> Bool {
        guard hosts[host].member != nil, !isCut(host), hosts[host].server.isRunning,
            hosts[host].server.role == .primary, let permit = hosts[host].permit
        else { return false }
        return instant < permit.deadline
    }

    /// Tells the clients of what enough standbys have.
    mutating func acknowledge(_ host: Int) {
        guard hosts[host].server.isRunning, hosts[host].server.role == .primary, !isCut(host) else { return }
        let set = policy.isSynchronous ? hosts[host].server.waitsFor : nil
        let standbys = hosts[host].server.standbys
        while let first = hosts[host].server.pending.first {
            if let set, set.acknowledgements > 0 {
                let count = set.standbys.count { standbys[$0].map { $0.durable >= first.end } ?? false }
                guard count >= set.acknowledgements else { return }
            }
            acknowledged.append((first.value, first.end))
            outcome.acknowledged += 1
            hosts[host].server.pending.removeFirst()
        }
    }

    private mutating func checkPromotion(_ host: Int, published: PublishedData?) {
        let present = Set(hosts[host].server.values)
        let lost = acknowledged.filter { !present.contains($0.value) }
        guard !lost.isEmpty else { return }
        guard case .asynchronous(let maximum) = policy else {
            outcome.violation =
                "\(hosts[host].name) was promoted without \(lost.count) acknowledged writes, the first of value \(lost[0].value)"
            return
        }
        let end = published?.position.offset ?? 0
        let bytes = UInt64(lost.count { $0.end <= end }) * ReplicatedServer.bytesPerEntry
        if bytes > maximum {
            outcome.violation =
                "\(hosts[host].name) was promoted \(bytes) bytes behind what was published, \(maximum) were allowed"
        }
        outcome.lost += lost.count
        acknowledged.removeAll { !present.contains($0.value) }
    }

    /// Everything was well for a while: there is one primary, it serves, and it has what it should.
    mutating func checkEnd() {
        guard outcome.violation == nil else { return }
        let primaries = hosts.indices.filter { hosts[$0].server.isRunning && hosts[$0].server.role == .primary }
        guard primaries.count == 1, let primary = primaries.first else {
            outcome.violation = "\(primaries.count) primaries although nothing has failed for a while"
            return
        }
        let server = hosts[primary].server
        let present = Set(server.values)
        if let lost = acknowledged.first(where: { !present.contains($0.value) }) {
            outcome.violation = "the value \(lost.value) was acknowledged and is gone"
        } else if server.pending.count > 50 {
            outcome.violation = "\(server.pending.count) writes wait although nothing has failed for a while"
        } else if let behind = hosts.first(where: { $0.server.offset + 4096 < server.offset }) {
            outcome.violation = "\(behind.name) does not follow although nothing has failed for a while"
        }
    }
}
