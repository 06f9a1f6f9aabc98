import Foundation
import Hagen
import Testing

@testable import HagenRuntime

/// Goal: orders that an agent takes over its control socket are obeyed by real agents, once, by the right one, and each
/// refusal and each decision says why.
@Suite(.serialized, .timeLimit(.minutes(5))) struct OperatorOrderTests {
    @Test func switchoverGoesToTheTargetAtOnce() async throws {
        let hosts = try FailoverHosts()
        try await hosts.start()
        try await hosts.allReady()
        var outages: [Duration] = []
        for _ in 0..<5 {
            let before = try await hosts.active()
            let holder = try #require(before.holder)
            let target = try #require(hosts.hosts.first { $0 != holder })
            // Any agent takes it.
            let taker = try #require(hosts.hosts.last { $0 != holder })
            let moment = wallClock()
            let answer = try await hosts.order(
                .switchover(cluster: FailoverHosts.cluster, target: target, schedule: .now), at: taker)
            #expect(answer.epoch == before.epoch && answer.holder == holder)
            let after = try await hosts.active(above: before.epoch)
            #expect(after.holder == target && after.epoch == before.epoch + 1, "\(hosts.logs())")
            let lines = hosts.lines()
            let last = try #require(lines.filter { $0.epoch == before.epoch }.map(\.nanoseconds).max())
            outages.append(try await hosts.outage(after: last, epoch: before.epoch))
            #expect(last > moment - 100_000_000)
            try await hosts.allReady()
        }
        print("planned switchover: outages \(outages.map(\.text))")
        #expect(outages.min()! < .milliseconds(250), "\(hosts.logs())")
        // Once done it is removed, and nobody obeys it twice.
        for host in hosts.hosts { _ = try await hosts.waitUntil(host) { $0.switchover == nil } }
        hosts.expectNeverTwoActive()
    }

    @Test func aTargetThatCannotIsRefusedInWords() async throws {
        let hosts = try FailoverHosts { $0.members[2].candidate = false }
        try await hosts.start()
        try await hosts.allReady()
        let before = try await hosts.active()
        let holder = try #require(before.holder)
        let other = try #require(["a", "b"].first { $0 != holder })
        for (target, reason) in [
            ("c", "c is no candidate"), ("z", "z is no member"), (holder, "\(holder) is the active member already"),
        ] {
            let refusal = await #expect(throws: OrderRefusal.self) {
                try await hosts.order(
                    .switchover(cluster: FailoverHosts.cluster, target: target, schedule: .now), at: holder)
            }
            #expect(refusal?.words.contains(reason) == true, "\(refusal?.words ?? "")")
        }
        // A member that is gone: the holder knows, and says so, also where another agent took the order.
        try await hosts.end(other, SIGKILL)
        _ = try await hosts.waitUntil(holder) { status in
            status.suspicions.contains { $0.host == other && $0.value > 8 }
        }
        let refusal = await #expect(throws: OrderRefusal.self) {
            try await hosts.order(
                .switchover(cluster: FailoverHosts.cluster, target: other, schedule: .now), at: holder)
        }
        #expect(refusal?.words.contains("nothing was heard of \(other) for") == true, "\(refusal?.words ?? "")")
        _ = try await hosts.order(.switchover(cluster: FailoverHosts.cluster, target: other, schedule: .now), at: "c")
        let event = try await hosts.event(.refused, of: holder) { $0.words.contains("does not switch over") }
        #expect(event.epoch == before.epoch)
        _ = try await hosts.waitUntil(holder) { $0.switchover == nil }
        let unknown = await #expect(throws: OrderRefusal.self) {
            try await hosts.order(.pause(cluster: "nothing"), at: holder)
        }
        #expect(unknown?.words.contains("no member of a cluster 'nothing'; it has: shop") == true)
        #expect(try await hosts.status(of: holder).epoch == before.epoch)
    }

    @Test func aPausedClusterStaysAsItIs() async throws {
        let hosts = try FailoverHosts()
        try await hosts.start()
        try await hosts.allReady()
        let before = try await hosts.active()
        let holder = try #require(before.holder)
        let other = try #require(hosts.hosts.first { $0 != holder })
        _ = try await hosts.order(.pause(cluster: FailoverHosts.cluster), at: other, reason: "network work")
        for host in hosts.hosts {
            let paused = try await hosts.waitUntil(host) { $0.pause != nil }
            #expect(paused.pause?.reason == "network work")
            #expect(paused.pause?.by.hasSuffix("@\(other)") == true, "\(String(describing: paused.pause))")
        }
        // An order outlives the agent that took it.
        try await hosts.end(other, SIGKILL)
        try hosts.start(other)
        _ = try await hosts.waitUntil(other) { $0.pause != nil && $0.epoch == before.epoch }
        let moment = wallClock()
        for process in hosts.processes(of: holder) { kill(process, SIGKILL) }
        // Three leases later nobody has taken over.
        try await within(.seconds(10)) {
            while wallClock() < moment + 3_000_000_000 { try await Task.sleep(for: .milliseconds(20)) }
        }
        #expect(try await hosts.status(of: other).epoch == before.epoch)
        #expect(hosts.lines().allSatisfy { $0.epoch == before.epoch }, "\(hosts.logs())")
        _ = try await hosts.order(.resume(cluster: FailoverHosts.cluster), at: other)
        let after = try await hosts.active(besides: holder, above: before.epoch)
        #expect(after.pause == nil)
        _ = try await hosts.event(.resumed, of: other) { _ in true }
        hosts.expectNeverTwoActive()
    }

    @Test func aDrainedHostHandsOverAndStaysIdle() async throws {
        let hosts = try FailoverHosts(["a", "b"])
        try await hosts.start()
        try await hosts.allReady()
        let before = try await hosts.active()
        let holder = try #require(before.holder)
        let other = try #require(hosts.hosts.first { $0 != holder })
        _ = try await hosts.order(.drain(host: holder), at: other)
        let after = try await hosts.active(besides: holder, above: before.epoch)
        #expect(after.holder == other)
        let drained = try await hosts.waitUntil(holder) { $0.problem == "its host is drained" }
        #expect(drained.role == .standby)
        // Lost with nobody else to take over: drained is drained.
        // The other one learns it with the next greeting.
        try await within(.seconds(10)) {
            while true {
                let refusal = await #expect(throws: OrderRefusal.self) {
                    try await hosts.order(
                        .switchover(cluster: FailoverHosts.cluster, target: holder, schedule: .now), at: other)
                }
                if refusal?.words.contains("its host is drained") != false { return }
                try await Task.sleep(for: .milliseconds(20))
            }
        }
        let unknown = await #expect(throws: OrderRefusal.self) { try await hosts.order(.drain(host: "z"), at: other) }
        #expect(unknown?.words.contains("known hosts: a, b") == true, "\(unknown?.words ?? "")")
        _ = try await hosts.order(.undrain(host: holder), at: other)
        _ = try await hosts.waitUntil(holder) { $0.problem == nil }
        hosts.expectNeverTwoActive()
    }

    @Test func aScheduledSwitchoverWaitsForItsTime() async throws {
        let hosts = try FailoverHosts(["a", "b"]) {
            $0.maintenance = Model.MaintenanceWindow(start: "00:00", duration: .seconds(86_400))
        }
        try await hosts.start()
        try await hosts.allReady()
        let before = try await hosts.active()
        let holder = try #require(before.holder)
        let due = WallTime(milliseconds: wallClock() / 1_000_000) + .seconds(2)
        let answer = try await hosts.order(
            .switchover(cluster: FailoverHosts.cluster, target: nil, schedule: .at(due)), at: holder)
        #expect(answer.notBefore == due)
        _ = try await hosts.waitUntil(holder) { $0.switchover?.notBefore == due }
        let after = try await hosts.active(besides: holder, above: before.epoch)
        let first = try await within(.seconds(10)) {
            while true {
                let own = hosts.lines().filter { $0.epoch == after.epoch }.map(\.nanoseconds)
                if let first = own.min() { return first }
                try await Task.sleep(for: .milliseconds(5))
            }
        }
        #expect(first / 1_000_000 >= due.milliseconds, "\(hosts.logs())")
        // The window is open all day long: at once.
        try await hosts.allReady()
        _ = try await hosts.order(
            .switchover(cluster: FailoverHosts.cluster, target: holder, schedule: .inWindow), at: holder)
        _ = try await hosts.active(above: after.epoch)
        let past = await #expect(throws: OrderRefusal.self) {
            try await hosts.order(
                .switchover(cluster: FailoverHosts.cluster, target: nil, schedule: .at(due)), at: holder)
        }
        #expect(past?.words.contains("is over") == true, "\(past?.words ?? "")")
        hosts.expectNeverTwoActive()
    }

    /// The log of a bad night: who decided what, in which epoch, and what was known then.
    @Test func eventsTellWhyAMemberTookOver() async throws {
        let hosts = try FailoverHosts()
        try await hosts.start()
        try await hosts.allReady()
        let before = try await hosts.active()
        let holder = try #require(before.holder)
        for process in hosts.processes(of: holder) { kill(process, SIGKILL) }
        let after = try await hosts.active(besides: holder, above: before.epoch)
        let next = try #require(after.holder)
        let trying = try await hosts.event(.acquiring, of: next) { $0.words.contains("did not renew") }
        #expect(trying.words.contains("\(holder) did not renew epoch \(before.epoch)"), "\(trying)")
        #expect(trying.evidence?.contains("lease held by \(holder) in epoch \(before.epoch)") == true, "\(trying)")
        #expect(trying.evidence?.contains("φ") == true, "\(trying)")
        let active = try await hosts.event(.active, of: next) { _ in true }
        #expect(active.epoch == after.epoch && active.number > trying.number && active.cluster == FailoverHosts.cluster)
        // An agent that is killed and comes back still has them.
        try await hosts.end(next, SIGKILL)
        try hosts.start(next)
        _ = try await hosts.event(.started, of: next) { $0.number > active.number }
        _ = try await hosts.event(.acquiring, of: next) { $0 == trying }
    }
}

/// What an agent said instead of obeying.
struct OrderRefusal: Error { let words: String }

extension FailoverHosts {
    func order(
        _ order: OrderRequest.Order, at host: String, reason: String? = nil
    ) async throws -> OrderAnswer {
        let socket = directory.path + "/\(host)/run/control.sock"
        switch try await ControlClient.ask(
            .order(OrderRequest(order, reason: reason)), at: socket, deadline: .seconds(5))
        {
        case .ordered(let answer): return answer
        case .failure(let words): throw OrderRefusal(words: words)
        default: throw POSIXError(.EPROTO)
        }
    }

    /// Waits until the host's agent has such an event.
    func event(
        _ kind: EventKind, of host: String, _ isMeant: @escaping @Sendable (EngineEvent) -> Bool
    ) async throws -> EngineEvent {
        let socket = directory.path + "/\(host)/run/control.sock"
        return try await within(.seconds(20)) {
            while true {
                if case .events(let events)? = try? await ControlClient.ask(.events(EventQuery()), at: socket),
                    let event = events.last(where: { $0.kind == kind && isMeant($0) })
                {
                    return event
                }
                try await Task.sleep(for: .milliseconds(10))
            }
        }
    }

    /// Waits until every agent would take over, or is active, and the active one has heard all others.
    func allReady() async throws {
        for host in hosts {
            _ = try await waitUntil(host) { [count = hosts.count] status in
                (status.role == .active || status.problem == nil || status.problem == "it is no candidate")
                    && status.suspicions.count == count - 1 && status.suspicions.allSatisfy { $0.value < 8 }
            }
        }
        // A few greetings, so that the active one knows what the others just said.
        let moment = wallClock()
        try await within(.seconds(10)) {
            while wallClock() < moment + 300_000_000 { try await Task.sleep(for: .milliseconds(20)) }
        }
    }
}
