import Hagen
import HagenSimulator
import Testing

/// Goal: a game day of a sound topology breaks no rule, keeps within its bounds, and is drawn as it was.
@Suite struct GameDayTests {
    @Test(arguments: GameDay.possibleFaults) func boundsHold(_ fault: Fault.Kind) {
        var settings = WorldSettings.threeHosts
        // The slowest election and a renewal after it fit between a renewal that was just due and the deadline.
        settings.store.election = .milliseconds(270)
        let day = GameDay(settings: settings)
        for run in day.run(fault, seeds: 0..<12) {
            #expect(run.violation == nil, "\(fault.rawValue), seed \(run.seed)")
        }
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
