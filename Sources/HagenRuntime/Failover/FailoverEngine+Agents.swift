internal import Hagen
internal import HagenEngine
internal import NIOCore

/// What the agents of a topology tell each other.
extension FailoverEngine {
    func heard(_ message: AgentMessage, at now: Instant) -> [FailoverJob] {
        let isPeer = configuration.heartbeat?.peers.contains { $0.host == message.host } ?? false
        guard isPeer, message.topology == configuration.topology else { return [] }
        peerSeen[message.host] = now
        switch message.content {
        case .greeting(let greetings): return greeted(by: message.host, greetings, at: now)
        case .question(let question):
            return lease(question, from: message.host, at: now) {
                $0.promiseAsked(by: message.host, epoch: question.epoch, round: question.round, at: now)
            }
        case .promise(let question):
            return lease(question, from: message.host, at: now) {
                $0.promised(by: message.host, epoch: question.epoch, round: question.round, at: now)
            }
        case .dataQuestion(let question):
            return lease(question, from: message.host, at: now) {
                $0.reportAsked(by: message.host, epoch: question.epoch, round: question.round, at: now)
            }
        case .dataReport(let question, let position):
            return lease(question, from: message.host, at: now) {
                $0.reported(
                    by: message.host, epoch: question.epoch, round: question.round, position: position, at: now)
            }
        case .inquiry, .holding: return []
        }
    }

    /// Rule 14: a balancer that hears nothing from the store follows the active member by that member's own word. What is
    /// left of a permit is measured here, after the question was sent, which is what the balancer counts it from.
    func answer(_ message: AgentMessage, from address: NIOCore.SocketAddress, at now: Instant) {
        guard let followers = configuration.heartbeat?.followers,
            followers.contains(where: { $0.host == message.host }),
            message.topology == configuration.topology, case .inquiry(let round) = message.content
        else { return }
        let permits = members.compactMap { member -> HeldPermit? in
            guard member.cluster.mode == .activePassive, let permit = member.machine.leased?.permit,
                now < permit.deadline
            else { return nil }
            return HeldPermit(
                cluster: member.cluster.name, epoch: permit.epoch,
                leftInNanoseconds: (permit.deadline - now).nanoseconds)
        }
        guard !permits.isEmpty else { return }
        socket?.answer(self.message(.holding(round: round, permits: permits)), at: address)
    }

    func greeting() -> AgentMessage {
        let now = Instant.now
        return message(
            .greeting(
                members.compactMap { member in
                    // A lease of one's own is nobody else's business.
                    guard member.cluster.mode.sharesLease, let leased = member.machine.leased else { return nil }
                    let isReady = leased.isReady(at: now)
                    return Greeting(
                        cluster: member.cluster.name, isReady: isReady, epoch: leased.memory?.epoch ?? 0,
                        problem: isReady
                            ? nil : leased.problem(at: now).map { String($0.prefix(Greeting.maximumProblemLength)) },
                        position: leased.dataPosition(of: configuration.host)?.bounded)
                }))
    }

    func message(_ content: AgentMessage.Content) -> AgentMessage {
        AgentMessage(topology: configuration.topology, host: configuration.host, content: content)
    }

    func tell(_ content: AgentMessage.Content, to hosts: [String]) { socket?.send(message(content), to: hosts) }

    func question(_ epoch: UInt64, _ round: UInt64, of index: Int) -> LeaseQuestion {
        LeaseQuestion(cluster: members[index].cluster.name, epoch: epoch, round: round)
    }

    private func greeted(by host: String, _ greetings: [Greeting], at now: Instant) -> [FailoverJob] {
        var work = FailoverWork()
        for told in greetings {
            guard let index = member(of: told.cluster, with: host) else { continue }
            work.add(
                members[index].machine.lease {
                    $0.peerDataSeen(host, told.position)
                    return $0.peerGreeted(
                        host, isReady: told.isReady, problem: told.problem, epoch: told.epoch, at: now)
                }, of: index)
        }
        return perform(work, at: now)
    }

    private func lease(
        _ question: LeaseQuestion, from host: String, at now: Instant,
        _ event: (inout LeasedMember) -> [MemberDirective]
    ) -> [FailoverJob] {
        guard let index = member(of: question.cluster, with: host) else { return [] }
        return perform(members[index].machine.lease(event), of: index, at: now)
    }

    /// This host's member of a cluster that the other host is a member of too.
    private func member(of cluster: String, with host: String) -> Int? {
        guard let index = memberByName[cluster],
            members[index].cluster.members.contains(where: { $0.host == host })
        else { return nil }
        return index
    }
}
