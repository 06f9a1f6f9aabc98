import HagenEngine
import PromQL
import Testing

/// The goal: the store keeps what is fresh, forgets what is stale, and never grows beyond its limit.
@Suite struct SeriesStoreTests {
    private let start = ContinuousClock.now

    private func load(_ host: String, _ value: Double) -> Sample {
        Sample(labels: Labels(metric: "load", ["host": host]), value: value)
    }

    private func values(_ store: SeriesStore, _ text: String) throws -> [Double] {
        try parse(text).evaluate(over: store).map(\.value)
    }

    /// Five missed collections make a series stale, and never more than five minutes.
    @Test(arguments: [(Duration.seconds(1), Duration.seconds(5)), (.seconds(90), .seconds(300))])
    func staleSeriesAreForgotten(interval: Duration, age: Duration) throws {
        var store = SeriesStore(interval: interval)
        store.collected([load("a", 1), load("b", 2)], at: start)
        store.collected([load("a", 3)], at: start + age)
        #expect(try values(store, "load >= 0") == [3, 2])
        store.collected([load("a", 4)], at: start + age + .milliseconds(1))
        #expect(try values(store, "load >= 0") == [4])
        #expect(store.count == 1)
    }

    @Test func limitRefusesNewSeriesOnly() throws {
        var store = SeriesStore(interval: .seconds(1), limit: 2)
        store.collected([load("a", 1), load("b", 2), load("c", 3)], at: start)
        store.collected([load("c", 3), load("b", 5)], at: start + .seconds(1))
        #expect(try values(store, "load >= 0") == [1, 5])
        #expect(store.count == 2)
        #expect(store.refusedSamples == 2)
    }

    /// A selector finds its series by the metric's name, said in either way, or by labels alone.
    @Test(arguments: ["load >= 0", "{__name__=\"load\"} >= 0", "{host!=\"\"} >= 0"])
    func selectors(text: String) throws {
        var store = SeriesStore(interval: .seconds(1))
        store.collected([load("a", 1), Sample(labels: Labels(metric: "other"), value: 9)], at: start)
        #expect(try values(store, text) == [1])
    }

    @Test func samplesWithoutMetricAreRefused() {
        var store = SeriesStore(interval: .seconds(1))
        store.collected([Sample(labels: ["host": "a"], value: 1)], at: start)
        #expect(store.count == 0)
        #expect(store.refusedSamples == 1)
    }
}

/// The goal: a rate is the true mean increase over the last minute, however often the counter is read.
@Suite struct CounterWindowTests {
    private let start = ContinuousClock.now

    @Test func rateCoversTheLastMinuteOnly() throws {
        var window = CounterWindow()
        #expect(window.ratePerSecond == nil)
        for second in 0...120 {
            // 1 a second for a minute, then 3 a second.
            window.counted(Double(min(second, 60)) + 3 * Double(max(second - 60, 0)), at: start + .seconds(second))
            if second == 0 { #expect(window.ratePerSecond == nil) }
            if second == 2 { #expect(window.ratePerSecond == 1) }
            if second == 90 { #expect(try #require(window.ratePerSecond) == 2) }
        }
        #expect(window.ratePerSecond == 3)
    }

    /// At ten readings a second the window still covers its minute.
    @Test func frequentReadingsAreThinned() throws {
        var window = CounterWindow()
        for tenth in 0...1200 {
            window.counted(Double(tenth) * 0.2, at: start + .milliseconds(100 * tenth))
        }
        #expect(abs(try #require(window.ratePerSecond) - 2) < 1e-9)
    }

    @Test func stepsBackCountAsNoIncrease() throws {
        var window = CounterWindow()
        for (second, value) in [100.0, 101, 100.5, 101.5, 0, 1].enumerated() {
            window.counted(value, at: start + .seconds(second))
        }
        #expect(window.ratePerSecond == 3.0 / 5)
    }
}

/// The goal: the derived series have node-mixin's names and meaning.
@Suite struct HostRecordingsTests {
    private let start = ContinuousClock.now
    private let common: Labels = ["instance": "a"]

    private func cpu(_ index: Int, idle: Double) -> Sample {
        Sample(
            labels: Labels(metric: "node_cpu_seconds_total", ["cpu": "\(index)", "mode": "idle", "instance": "a"]),
            value: idle)
    }

    private func sample(_ metric: String, _ value: Double, _ labels: KeyValuePairs<String, String> = [:]) -> Sample {
        Sample(labels: Labels(metric: metric, labels), value: value)
    }

    @Test func processorUtilisationIsMeanOverProcessors() {
        var recordings = HostRecordings(common: common)
        #expect(recordings.collected([cpu(0, idle: 100), cpu(1, idle: 50)], at: start).isEmpty)
        // One processor idles through four of ten seconds, the other through all of them.
        let derived = recordings.collected([cpu(0, idle: 104), cpu(1, idle: 60)], at: start + .seconds(10))
        #expect(derived.map(\.labels) == [Labels(metric: "instance:node_cpu_utilisation:rate1m", ["instance": "a"])])
        #expect(abs(derived[0].value - 0.3) < 1e-9)
        // The second processor is taken away: the mean is that of the first.
        let alone = recordings.collected([cpu(0, idle: 104)], at: start + .seconds(20))
        #expect(abs(alone[0].value - 0.8) < 1e-9)
    }

    @Test func memoryAndFilesystems() {
        var recordings = HostRecordings(common: common)
        let derived = recordings.collected(
            [
                sample("node_memory_MemTotal_bytes", 1000), sample("node_memory_MemAvailable_bytes", 250),
                sample("node_filesystem_size_bytes", 100, ["mountpoint": "/"]),
                sample("node_filesystem_free_bytes", 30, ["mountpoint": "/"]),
                sample("node_filesystem_avail_bytes", 20, ["mountpoint": "/"]),
                sample("node_filesystem_size_bytes", 0, ["mountpoint": "/empty"]),
                sample("node_filesystem_free_bytes", 0, ["mountpoint": "/empty"]),
                sample("node_filesystem_avail_bytes", 0, ["mountpoint": "/empty"]),
            ], at: start)
        #expect(
            derived == [
                sample("instance:node_memory_utilisation:ratio", 0.75, ["instance": "a"]),
                sample("hagen_filesystem_used_ratio", 70.0 / 90, ["mountpoint": "/"]),
            ])
    }
}
