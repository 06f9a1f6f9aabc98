internal import FoundationEssentials
package import Hagen
internal import HagenEngine
internal import NIOPosix

/// What operators ask of this agent over its control socket.
extension FailoverEngine {
    /// The client is cut off soon after.
    private static let orderTimeLimit: Duration = .milliseconds(1500)

    package func answer(_ request: ControlRequest, from peer: ControlPeer) async -> ControlResponse {
        switch request {
        case .status: return .failure("asked the wrong way")
        case .events(let query): return .events(events.events(query))
        case .order(let request):
            guard peer.mayGiveOrders else {
                return .failure("orders are taken from root alone: run it with sudo, as root")
            }
            // The lookup may go beyond this host: not on the agent's own turn.
            let user = (try? await NIOThreadPool.singleton.runIfActive { peer.user }) ?? "somebody"
            let note = OrderNote(
                by: "\(user)@\(configuration.host)", reason: request.reason.map { String($0.prefix(500)) },
                since: .now)
            do {
                return .ordered(try await take(request.order, note))
            } catch let refusal as EngineFailure {
                return .failure(refusal.description)
            } catch {
                return .failure("the store did not answer, so it is not known whether the order stands: \(error)")
            }
        }
    }

    private func take(_ order: OrderRequest.Order, _ note: OrderNote) async throws -> OrderAnswer {
        guard let orderStore else { throw EngineFailure("no cluster of this host has a store to keep orders in") }
        switch order {
        case .switchover(let cluster, let target, let schedule):
            let (order, holder) = try switchover(of: try leased(cluster), to: target, schedule, note)
            _ = try await withDeadline(Self.orderTimeLimit) {
                try await orderStore.change(cluster) { $0.switchover = order }
            }
            let whom = order.target.map { "to \($0)" } ?? "to whoever is next in order"
            return OrderAnswer(
                words: "cluster '\(cluster)' switches over from \(holder) (epoch \(order.epoch)) \(whom)",
                epoch: order.epoch, holder: holder, notBefore: order.notBefore)
        case .promote(let cluster, let target, let allowDataLoss):
            let (order, words) = try promotion(
                of: try leased(cluster), to: target, allowDataLoss: allowDataLoss, note)
            _ = try await withDeadline(Self.orderTimeLimit) {
                try await orderStore.change(cluster) { $0.promotion = order }
            }
            self.note(.noted, "was told \(note.words) to promote \(target) by force: \(words)", cluster: cluster)
            return OrderAnswer(words: "cluster '\(cluster)' promotes \(target); lost: \(words)", epoch: order.epoch)
        case .pause(let cluster):
            _ = try leased(cluster)
            _ = try await withDeadline(Self.orderTimeLimit) { try await orderStore.change(cluster) { $0.pause = note } }
            return OrderAnswer(
                words: "cluster '\(cluster)' is paused: until it is resumed nobody takes over, whatever fails")
        case .resume(let cluster):
            _ = try leased(cluster)
            let before = try await withDeadline(Self.orderTimeLimit) {
                try await orderStore.change(cluster) { $0 = ClusterOrder() }
            }
            let words =
                before.pause != nil
                ? "cluster '\(cluster)' is not paused any more"
                : before.switchover == nil
                    ? "cluster '\(cluster)' was not paused, and no switchover waited: there was nothing to resume"
                    : "cluster '\(cluster)' was not paused"
            var answer = OrderAnswer(words: words)
            answer.cancelled = before.switchover
            return answer
        case .drain(let host):
            try expectKnown(host)
            _ = try await withDeadline(Self.orderTimeLimit) {
                try await orderStore.change(host: host) { $0.drained = note }
            }
            return OrderAnswer(words: "host '\(host)' is drained: what is active there is handed over")
        case .undrain(let host):
            try expectKnown(host)
            let before = try await withDeadline(Self.orderTimeLimit) {
                try await orderStore.change(host: host) { $0.drained = nil }
            }
            return OrderAnswer(
                words: before.drained == nil
                    ? "host '\(host)' was not drained: there was nothing to resume"
                    : "host '\(host)' is not drained any more")
        }
    }

    private func leased(_ cluster: String) throws(EngineFailure) -> FailoverMember {
        guard let index = memberByName[cluster] else {
            let own = members.filter { $0.key != nil }.map(\.cluster.name).sorted().joined(separator: ", ")
            throw EngineFailure(
                "host '\(configuration.host)' has no member of a cluster '\(cluster)'; it has: \(own.isEmpty ? "none" : own)"
            )
        }
        guard members[index].cluster.mode.sharesLease else {
            throw EngineFailure(
                "cluster '\(cluster)' is \(members[index].cluster.mode.rawValue): every member is active, there is nobody to switch over to"
            )
        }
        return members[index]
    }

    private func expectKnown(_ host: String) throws(EngineFailure) {
        let known = Set(members.flatMap { $0.cluster.members.map(\.host) } + [configuration.host]).sorted()
        guard known.contains(host) else {
            throw EngineFailure(
                "no cluster of host '\(configuration.host)' has a member on '\(host)'; known hosts: \(known.joined(separator: ", "))"
            )
        }
    }

    /// Refused at once where this agent can tell that it cannot be done; else the holder looks again when it obeys.
    private func switchover(
        of member: FailoverMember, to target: String?, _ schedule: OrderRequest.Schedule, _ note: OrderNote
    ) throws(EngineFailure) -> (ClusterOrder.Switchover, holder: String) {
        let now = Instant.now
        let name = member.cluster.name
        guard let leased = member.machine.leased,
            let holder = leased.isActive ? configuration.host : leased.holder(at: now)
        else {
            throw EngineFailure("nobody is active in cluster '\(name)': there is nothing to switch over")
        }
        let known = member.cluster.members
        if let target {
            let candidates = known.filter(\.candidate).map(\.host)
            guard candidates.contains(target) else {
                let fault = known.contains { $0.host == target } ? "is no candidate" : "is no member"
                throw EngineFailure(
                    "cluster '\(name)' does not switch over: \(target) \(fault); candidates: \(candidates.joined(separator: ", "))"
                )
            }
            if target == holder {
                throw EngineFailure("cluster '\(name)' does not switch over: \(target) is the active member already")
            }
        }
        var notBefore: WallTime?
        var notAfter = note.since + Self.switchoverValidity
        switch schedule {
        case .now:
            if leased.isActive, let refusal = leased.refusal(ofSuccessor: target, at: now) {
                self.note(.refused, "does not switch over: \(refusal)", cluster: name, epoch: leased.epoch)
                throw EngineFailure("cluster '\(name)' does not switch over: \(refusal)")
            }
        case .at(let time):
            guard note.since < time else { throw EngineFailure("\(time) is over: it is \(note.since) on this host") }
            (notBefore, notAfter) = (time, time + Self.scheduleTolerance)
        case .inWindow:
            guard let window = member.cluster.maintenance else {
                throw EngineFailure(
                    "cluster '\(name)' has no maintenance window in its topology: give a time with '--at'")
            }
            guard let (from, until) = window.opening(at: note.since) else {
                throw EngineFailure("the maintenance window of cluster '\(name)' never opens")
            }
            (notBefore, notAfter) = (from, until)
        }
        let order = ClusterOrder.Switchover(
            id: .random(in: .min ... .max), epoch: leased.epoch, target: target, note: note, notBefore: notBefore,
            notAfter: notAfter)
        return (order, holder)
    }
}
