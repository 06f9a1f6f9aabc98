import Foundation
import Hagen
import HagenSimulator
import Testing

/// Goal: a game day of a sound topology breaks no rule, keeps within its bounds, and is drawn as it was.
@Suite struct GameDayTests {
    @Test(arguments: GameDay.possibleFaults) func boundsHold(_ fault: Fault.Kind) {
        let day = GameDay(settings: .threeHosts)
        for run in day.run(fault, seeds: 0..<12) {
            #expect(run.violation == nil, "\(fault.rawValue), seed \(run.seed)")
        }
    }

    /// An address group carries addresses by the same machine, and moves them when its gate closes.
    @Test(arguments: GameDay.possibleFaults) func boundsHoldForAddressGroups(_ fault: Fault.Kind) {
        var settings = WorldSettings.threeHosts
        settings.carryAddressesOnly()
        let day = GameDay(settings: settings)
        #expect(day.usualFaults.contains(.closedGate))
        for run in day.run(fault, seeds: 0..<8) {
            #expect(run.violation == nil, "\(fault.rawValue), seed \(run.seed)")
        }
    }

    /// A workload that does not end is told to, so that what is measured is not nothing. It keeps its address, and serves, until
    /// it is killed: its clients miss it for no longer than they miss one that ends at once.
    @Test func workloadsThatDoNotEndHoldUpAHandover() {
        let settings = WorldSettings.threeHosts
        let day = GameDay(settings: settings)
        for run in day.run(.hangingWorkload, seeds: 0..<8) {
            #expect(run.isFailover && run.recovery >= settings.workload.stopTimeout, "seed \(run.seed)")
            #expect(run.interruption > .zero && run.interruption < .milliseconds(300), "seed \(run.seed)")
        }
        for run in day.run(.stuckWorkload, seeds: 0..<8) {
            #expect(run.isFailover && run.recovery >= .seconds(3), "seed \(run.seed)")
        }
    }

    /// What the compiler promises is what an exercise is judged by.
    @Test func shorterPromiseIsBroken() throws {
        var promised = PromisedTimes(.threeHosts)
        promised.hostLoss = .zero
        let day = GameDay(settings: .threeHosts, promised: promised)
        #expect(day.bound(of: .lostHost).computed == .zero)
        let runs = day.run(.lostHost, seeds: 0..<8)
        #expect(runs.contains { $0.violation?.rule == .recovers })
    }

    /// Goal: an exercise that broke a rule is told with a small plan that breaks one again.
    @Test func storyOfABrokenRuleIsSmallAndRepeats() throws {
        var settings = WorldSettings.threeHosts
        settings.planted = .addressKeptAfterExpiry
        let day = GameDay(settings: settings)
        let run = try #require(day.run(.frozenAgent, seeds: 0..<20).first { $0.violation != nil })
        let story = try #require(DrillStory(of: .frozenAgent, seed: run.seed, on: day))
        #expect(story.violation.rule == .singleAddress)
        #expect(story.drill.plan.faults.count == 1)
        #expect(story.drill.plan.end <= day.plan(.frozenAgent).end)
        #expect(story.drill.run().violation == story.violation)
        for text in [
            "frozen-agent, seed \(run.seed) breaks a rule", story.drill.plan.description, "fault: frozen-agent",
        ] {
            #expect(story.description.contains(text), "\(text)")
        }
        #expect(DrillStory(of: .frozenAgent, seed: run.seed, on: GameDay(settings: .threeHosts)) == nil)
    }

    /// Whoever changes a topology plays a game day in passing: a thousand failovers take a few seconds.
    @Test func thousandFailoversAreQuick() {
        #if DEBUG
            // Without the optimizer it takes many times as long.
            let (failovers, limit) = (100, Duration.seconds(15))
        #else
            let (failovers, limit) = (1000, Duration.seconds(10))
        #endif
        let before = Self.processorTime()
        let runs = GameDay(settings: .threeHosts).run(.lostHost, seeds: 0..<UInt64(failovers))
        let took = Self.processorTime() - before
        let hours = String(format: "%.2f", Double(runs.reduce(0) { $0 + $1.length }) / 3.6e12)
        print("\(failovers) failovers, \(hours) virtual hours, took \(took) of one processor")
        #expect(runs.count { $0.isFailover } == failovers)
        #expect(took < limit)
    }

    /// Of this thread: other tests run beside it.
    private static func processorTime() -> Duration {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }

    /// Without the kernel's gate, with one store on a member's host, or with two members alone: slower, but never unsafe.
    @Test func poorTopologiesAreSlowerButSafe() {
        var settings = WorldSettings.threeHosts
        settings.hasPermitGate = false
        settings.hasAddress = false
        settings.store.hosts = [0]
        for fault in GameDay.usualFaults {
            for run in GameDay(settings: settings).run(fault, seeds: 0..<8) {
                #expect(run.violation == nil, "\(fault.rawValue), seed \(run.seed)")
            }
        }
    }

    @Test func distribution() throws {
        #expect(Distribution([]) == nil)
        let one = try #require(Distribution([.seconds(3)]))
        #expect(
            (one.shortest, one.median, one.percentile99, one.longest) == (
                .seconds(3), .seconds(3), .seconds(3), .seconds(3)
            ))
        let hundred = try #require(Distribution((1...200).reversed().map { .milliseconds($0) }))
        #expect(hundred.shortest == .milliseconds(1))
        #expect(hundred.median == .milliseconds(100))
        #expect(hundred.percentile99 == .milliseconds(198))
        #expect(hundred.longest == .milliseconds(200))
    }

    @Test func timelineShowsEveryLaneAndTheFault() throws {
        var settings = WorldSettings.threeHosts
        settings.hosts[1].name = "b<&>"
        let result = GameDay(settings: settings).drill(.lostHost, seed: 1).run(isRecorded: true)
        let recording = try #require(result.recording)
        let svg = Timeline(
            recording, title: "a & b", from: result.faultsBegan - 500_000_000, to: result.length,
            zero: result.faultsBegan
        ).svg
        for text in [
            "clients", ">a<", "b&lt;&amp;&gt;", ">c<", "store", "lost-host", "epoch 1", "epoch 2", "a &amp; b",
        ] {
            #expect(svg.contains(text), "\(text)")
        }
        #expect(!svg.contains("b<&>"))
        #expect(svg.hasPrefix("<svg ") && svg.hasSuffix("</svg>\n"))
    }
}
