internal import Hagen
internal import HagenEngine

/// The agent's side of the store: requests with hedges, and the watch.
extension World {
    /// After this long without an answer another member is asked, too.
    private static let hedgeDelay: VirtualTime = 60 * Span.millisecond
    private static let mostAttempts = 4

    mutating func send(_ kind: StoreRequest.Kind, from host: Int) {
        let moment = now
        let request = hosts[host].agent.mutate { agent in
            agent.lastRequest += 1
            agent.openRequests.append(agent.lastRequest)
            return StoreRequest(
                host: host, life: agent.life, number: agent.lastRequest, kind: kind, endpoint: agent.endpoint,
                sent: moment)
        }
        guard let request else { return }
        dispatch(request)
        schedule(in: Self.hedgeDelay, .hedge(request, attempt: 1))
    }

    private mutating func dispatch(_ request: StoreRequest) {
        let endpoint = store.members[request.endpoint]
        guard now >= hosts[request.host].storeCutUntil,
            let delay = connectionDelay(from: request.host, to: endpoint)
        else { return }
        schedule(in: delay, .arrive(request))
    }

    /// No answer yet: the next member is asked, and at last the request is given up.
    mutating func hedge(_ request: StoreRequest, attempt: Int) {
        guard hosts[request.host].agent?.life == request.life,
            hosts[request.host].agent?.openRequests.contains(request.number) == true
        else { return }
        if let resumes = hosts[request.host].agentResumes(after: now) {
            return queue.push(.hedge(request, attempt: attempt), at: resumes)
        }
        // Longer than any deadline: an answer that comes late may still tell what stands.
        let patience = settings.timing.duration.nanoseconds * 2
        guard now - request.sent < patience else { return giveUp(request) }
        var next = request
        if attempt < Self.mostAttempts {
            next.endpoint = (request.endpoint + 1) % store.members.count
            hosts[request.host].agent?.endpoint = next.endpoint
            dispatch(next)
        }
        schedule(in: attempt < Self.mostAttempts ? Self.hedgeDelay : patience, .hedge(next, attempt: attempt + 1))
    }

    private mutating func giveUp(_ request: StoreRequest) {
        hosts[request.host].agent?.openRequests.removeAll { $0 == request.number }
        switch request.kind {
        case .swap(let write): tell(request.host) { $0.writeFailed(nonce: write.record.nonce, at: $1) }
        case .read: readLease(request.host)
        }
    }

    /// Takes the answer to one attempt; later ones to the same request say nothing new.
    mutating func isAnswer(_ number: Int, for host: Int) -> Bool {
        guard let index = hosts[host].agent?.openRequests.firstIndex(of: number) else { return false }
        hosts[host].agent?.openRequests.remove(at: index)
        return true
    }

    mutating func readLease(_ host: Int) {
        guard let floor = hosts[host].agent?.member.knownRevision else { return }
        send(.read(floor: floor), from: host)
    }

    /// The watch has ended, or was found to be silent: a read makes up for what it missed.
    mutating func watchBroke(_ host: Int, life: Int) {
        guard let agent = hosts[host].agent, agent.life == life else { return }
        if let resumes = hosts[host].agentResumes(after: now) {
            return queue.push(.watchBroke(host: host, life: life), at: resumes)
        }
        hosts[host].agent?.endpoint = (agent.endpoint + 1) % store.members.count
        readLease(host)
    }
}
