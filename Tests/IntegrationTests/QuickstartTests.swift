import Foundation
import Hagen
import Testing

@testable import HagenDeploy

extension BuiltCommands.LabTests {
    /// What the README promises, with real processes, real traffic and real faults: the quickstart keeps serving through
    /// the loss of a member, of the active workload, of a host and of an agent's time, and leaves nothing behind.
    @Test(.timeLimit(.minutes(5))) func quickstartKeepsServingThroughRealFaults() async throws {
        let lab = try RunningLab(copying: Self.quickstart)
        let ready = try await lab.wait("every part is ready") { $0.isReady }
        let game = try GameDay(lab, ready)
        game.web.start()
        game.counter.start()
        defer { game.stop() }
        try await game.settle()
        let begin = ContinuousClock.now

        try await game.killApplicationMember()
        try await game.killActiveWorkload()
        try await game.killActiveHost()
        try await game.freezeActiveAgent()

        let span = ContinuousClock.now - begin
        let answered = game.web.samples.filter { $0.isAnswered && $0.end >= begin }.count
        print("the web client: \(answered) answers in \(span.seconds) s")
        #expect(Double(answered) > 195 * span.seconds, "the client kept its rate")
        game.stop()
        try game.checkThatNeverTwoWereActive()
        try await game.checkThatNothingIsLeft()
    }
}

/// The faults, one after the other, and what the clients saw of them.
private struct GameDay {
    /// The balancers of this host carry the traffic, and alerts arrive there; the faults are put on the others.
    static let spared = "gamma"

    let lab: RunningLab
    let web: OpenLoopClient
    let counter: OpenLoopClient

    init(_ lab: RunningLab, _ status: LabStatus) throws {
        self.lab = lab
        func address(of balancer: String) throws -> SocketAddress {
            try #require(status.listener(balancer, on: Self.spared)?.listen.first)
        }
        web = OpenLoopClient(.http(try address(of: "web"), requestsPerSecond: 200, slowEvery: 20))
        counter = OpenLoopClient(.counter(try address(of: "counter"), every: .milliseconds(10)))
    }

    func stop() {
        web.stop()
        counter.stop()
    }

    /// Waits for a second's worth of answers without a failure.
    func settle() async throws {
        let isSteady = await eventually(within: .seconds(30)) {
            let (requests, lines) = (web.samples.suffix(200), counter.samples.suffix(100))
            return requests.count == 200 && lines.count == 100 && requests.allSatisfy(\.isAnswered)
                && lines.allSatisfy(\.isAnswered)
        }
        try #require(isSteady, "\(web.samples.suffix(5)) \(counter.samples.suffix(5)) \(lab.logs)")
    }

    // MARK: - The faults

    /// No accepted request on a healthy member is cut; at most those in flight on the killed one fail.
    func killApplicationMember() async throws {
        let process = try #require(try await lab.status().member(of: "web", on: "alpha")?.processID)
        let moment = try await kill(process)
        try await lab.wait("the member is back") {
            $0.isReady && $0.member(of: "web", on: "alpha")?.processID != process
        }
        try await progress(of: web)
        checkFailures(around: moment, "a member of the application was killed")
    }

    func killActiveWorkload() async throws {
        let status = try await lab.status()
        let active = try #require(status.activeHosts(of: "counter").first)
        let process = try #require(status.member(of: "counter", on: active)?.processID)
        let moment = try await kill(process)
        try await lab.wait("somebody is active again") {
            $0.isReady && $0.member(of: "counter", on: active)?.processID != process
        }
        try await checkOutage(since: moment.lowerBound, atMost: .milliseconds(500), "the active workload was killed")
    }

    /// Agent, workloads, balancer and monitor at once; and the alert that follows reaches the pager.
    func killActiveHost() async throws {
        let host = try await activeHostThatIsNotSpared()
        let start = ContinuousClock.now
        try await lab.fault("kill", host)
        let moment = start...ContinuousClock.now
        try await lab.wait("another host is active") { status in
            let active = status.activeHosts(of: "counter")
            let eligible = status.listener("counter", on: Self.spared)?.backends.filter(\.eligible).map(\.name)
            return active.count == 1 && active != [host] && eligible == active
        }
        try await checkOutage(since: moment.lowerBound, atMost: .milliseconds(1600), "the active host was killed")
        checkFailures(around: moment, "a host was killed")
        let isTold = await eventually(within: .seconds(30)) {
            lab.folder.text(of: "topology/activity/pager.jsonl").split(separator: "\n").contains { line in
                ["\"backend-unhealthy\"", "\"\(host)\"", "\"firing\""].allSatisfy { line.contains($0) }
            }
        }
        #expect(isTold, "the pager was told that the host's member is lost: \(lab.logs)")
        print("the alert arrived \(milliseconds(.now - start)) ms after the kill")
        try await lab.fault("heal", host)
        try await lab.wait("the host is back") { $0.isReady }
    }

    /// The agent cannot renew and cannot know it: its supervisor ends the workload before another member starts.
    func freezeActiveAgent() async throws {
        let host = try await activeHostThatIsNotSpared()
        let start = ContinuousClock.now
        try await lab.fault("freeze", host, engine: "failover")
        // How long the fault lasts, not how long something may take.
        _ = await eventually(within: .seconds(5)) { false }
        try await checkOutage(since: start, atMost: .milliseconds(1600), "the active agent was frozen")
        let active = try await lab.status().activeHosts(of: "counter")
        #expect(active.count == 1 && active != [host], "\(active) took over from \(host)")
        try await lab.fault("heal", host, engine: "failover")
        try await lab.wait("the frozen agent stands by") { status in
            status.isReady && status.member(of: "counter", on: host)?.role == .standby
        }
        let failures = web.samples.filter { !$0.isAnswered && $0.end >= start }
        #expect(failures.isEmpty, "the application did not notice")
    }

    // MARK: - The checks

    private func checkOutage(
        since start: ContinuousClock.Instant, atMost limit: Duration, _ what: String
    ) async throws {
        try await progress(of: counter)
        let outage = counter.samples.longestGap(from: start, to: .now)
        print("\(what): \(milliseconds(outage)) ms without an answer")
        #expect(outage <= limit, "\(what) \(lab.logs)")
    }

    /// Requests fail only if they were in flight while the member died, and not all of those.
    private func checkFailures(around moment: ClosedRange<ContinuousClock.Instant>, _ what: String) {
        let inFlight = web.samples.filter { $0.overlaps(moment) }
        let failures = web.samples.filter { !$0.isAnswered && $0.end >= moment.lowerBound }
        print("\(what): \(failures.count) of \(inFlight.count) requests in flight failed")
        for failure in failures { #expect(failure.overlaps(moment), "\(what), and \(failure) was not in flight") }
        #expect(failures.count < inFlight.count, "\(what), and healthy members answered what they had")
    }

    /// Members write down when they were active: never two at once, and each with a higher epoch than the one before.
    func checkThatNeverTwoWereActive() throws {
        let log = try ActivityLog(folder: lab.topologyFolder + "/activity")
        let listed = log.intervals.map { "\n  \($0)" }.joined()
        print("active, one after the other:\(listed)")
        #expect(log.intervals.count >= 4, "the workload, the host and the agent's time were lost: \(listed)")
        #expect(log.violations.isEmpty, "\(listed)")

        // Exchanges overlap in time; one that began after another had ended must not see an older epoch.
        var highest: (end: ContinuousClock.Instant, epoch: UInt64)?
        for sample in counter.samples {
            guard let epoch = sample.answer.flatMap({ UInt64($0.split(separator: " ")[1]) }) else { continue }
            if let highest, sample.start > highest.end {
                #expect(epoch >= highest.epoch, "a client went back to an older epoch")
            }
            if epoch > highest?.epoch ?? 0 { highest = (sample.end, epoch) }
        }
    }

    func checkThatNothingIsLeft() async throws {
        let identity = try #require(lab.record).identity
        lab.program.send(SIGINT)
        let result = await lab.program.result(within: .seconds(60))
        #expect(result.status == 0, "\(result.output)\(result.errors)")
        #expect(result.output.contains("Nothing is left behind"))
        #expect(MarkedProcess.all(ofLab: identity).isEmpty)
        #expect(lab.folder.contents(of: "run").isEmpty && lab.folder.contents(of: "state").isEmpty)
    }

    // MARK: - Steps

    /// Kills the process, and says from when to when it died.
    private func kill(_ process: Int32) async throws -> ClosedRange<ContinuousClock.Instant> {
        let start = ContinuousClock.now
        try #require(Foundation.kill(process, SIGKILL) == 0)
        let isGone = await eventually(within: .seconds(10)) {
            // One that has ended and was not waited for has no command line any more, and its sockets are closed.
            (try? Data(contentsOf: URL(filePath: "/proc/\(process)/cmdline")))?.isEmpty ?? true
        }
        try #require(isGone)
        return start...ContinuousClock.now
    }

    /// The host of the active member; while that is the one to be spared, its workload is killed first.
    private func activeHostThatIsNotSpared() async throws -> String {
        for _ in 0..<5 {
            let status = try await lab.wait("every part is ready") { $0.isReady }
            let active = try #require(status.activeHosts(of: "counter").first)
            if active != Self.spared { return active }
            let process = try #require(status.member(of: "counter", on: active)?.processID)
            _ = try await kill(process)
            try await lab.wait("it has moved") {
                $0.isReady && $0.member(of: "counter", on: active)?.processID != process
            }
        }
        Issue.record("the active member stays on \(Self.spared)")
        return Self.spared
    }

    /// Waits until an exchange that begins now was answered.
    private func progress(of client: OpenLoopClient) async throws {
        let now = ContinuousClock.now
        let goesOn = await eventually(within: .seconds(30)) {
            client.samples.last(where: \.isAnswered).map { $0.start > now } ?? false
        }
        try #require(goesOn, "\(client.samples.suffix(5))")
    }

    private func milliseconds(_ duration: Duration) -> Int64 { duration.nanoseconds / 1_000_000 }
}
