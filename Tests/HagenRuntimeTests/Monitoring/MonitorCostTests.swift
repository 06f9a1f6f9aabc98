import Foundation
import Hagen
import HagenEngine
import Logging
import PromQL
import Testing

@testable import HagenRuntime

/// Goal: the monitor costs its host next to nothing. The figure is printed; the bound is wide, for debug builds on busy
/// machines.
@Suite(.serialized) struct MonitorCostTests {
    private static func processorTime() -> Duration {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }

    /// A host with 64 processors and 24 alerts: about 1,000 series.
    @Test func oneCollectionAndEvaluation() throws {
        let directory = try TemporaryDirectory()
        for folder in ["proc", "proc/net", "proc/self"] { _ = try directory.folder(folder) }
        let processors = (0..<64).map { "cpu\($0) 160945 7 42038 461199 4799 0 574 698 0 0" }
        _ = try directory.file("proc/stat", processors.joined(separator: "\n") + "\nctxt 1\nbtime 5\n")
        for file in ["meminfo", "loadavg", "self/mountinfo"] {
            _ = try directory.file("proc/\(file)", try String(contentsOfFile: "/proc/\(file)", encoding: .utf8))
        }
        let devices = (0..<12).map { "eth\($0): 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16" }
        _ = try directory.file("proc/net/dev", devices.joined(separator: "\n"))
        let disks = (0..<8).map { "254 0 dm-\($0) 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17" }
        _ = try directory.file("proc/diskstats", disks.joined(separator: "\n"))

        let host = HostCollector(procfs: directory.path + "/proc")
        var recordings = HostRecordings(common: ["instance": "a1"])
        var store = SeriesStore(interval: .seconds(1))
        var alerts = try (0..<24).map { index in
            let expression =
                index % 2 == 0 ? "node_cpu_seconds_total{mode=\"idle\"} > 1e9" : "node_load1{instance=\"a1\"} > 1e9"
            return AlertMachine(
                MonitorFaultsTests.alert(expression, name: "alert \(index)"), expression: try parse(expression))
        }
        let start = ContinuousClock.now
        let rounds = 20
        let before = Self.processorTime()
        for round in 0..<rounds {
            let now = start + .seconds(round)
            var samples = SampleList(instance: "a1")
            host.collect(time: 5, into: &samples)
            store.collected(samples.samples + recordings.collected(samples.samples, at: now), at: now)
            for index in alerts.indices {
                #expect(alerts[index].evaluated(alerts[index].expression.evaluate(over: store), at: now).isEmpty)
            }
        }
        let judged = Self.processorTime()
        let text = Exposition.text(store.samples)
        let written = Self.processorTime()
        let perRound = (judged - before) / rounds
        print(
            """
            monitor, \(store.count) series, 24 alerts: \(perRound.text) of processor time a collection and evaluation; \
            \((written - judged).text) for /metrics (\(text.utf8.count) bytes)
            """)
        #expect(store.count >= 800)
        #expect(perRound < .milliseconds(500))
    }
}
