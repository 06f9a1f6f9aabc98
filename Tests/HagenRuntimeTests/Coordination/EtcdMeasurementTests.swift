import Foundation
import Hagen
import Testing

@testable import HagenRuntime

/// Goal: figures of a real etcd behind the conformer, with its writes on the disk, for whoever chooses times: printed, not
/// judged. `HAGEN_MEASURE=1 swift test --filter EtcdMeasurementTests`
@Suite(
    .serialized,
    .enabled(
        if: EtcdCluster.isInstalled && ProcessInfo.processInfo.environment["HAGEN_MEASURE"] == "1",
        "measures only with HAGEN_MEASURE=1"))
struct EtcdMeasurementTests {
    /// Goal: how long a commit takes, how long after its acknowledgement a watch shows it, and what it costs etcd.
    @Test(arguments: [1, 3]) func commitsAndWatches(members: Int) async throws {
        let cluster = try EtcdCluster(members: members, arguments: ["--unsafe-no-fsync=false"])
        try await cluster.start()
        let (store, watcher) = (cluster.store(), cluster.store())
        for swaps in [1, 20] {
            let keys = (0..<swaps).map { "/\(swaps)/\($0)" }
            var revisions = Array(repeating: Int64(0), count: swaps)
            let start = try await store.read(prefix: "").revision
            let count = 400
            let seen = Moments()
            var (took, acknowledged): ([Duration], [Int64: ContinuousClock.Instant]) = ([], [:])
            let before = cluster.processorTime()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    for try await change in watcher.watch(prefix: "/\(swaps)/0", after: start) {
                        await seen.add(change.revision, .now)
                        if await seen.count == count { return }
                    }
                }
                for number in 0..<count {
                    let sent = ContinuousClock.now
                    let result = try await store.commit(
                        zip(keys, revisions).map {
                            CompareAndSwap(
                                key: $0, expected: $1, value: "a record of about one hundred bytes \(number)")
                        })
                    took.append(.now - sent)
                    revisions = Array(repeating: result.revision, count: swaps)
                    acknowledged[result.revision] = sent
                    try await Task.sleep(for: .milliseconds(5))
                }
                try await group.waitForAll()
            }
            let spent = cluster.processorTime() - before
            let moments = await seen.moments
            let delays = acknowledged.compactMap { revision, sent in moments[revision].map { $0 - sent } }
            print(
                "\(members) members, \(swaps) swaps: commit \(text(took)), sent to seen \(text(delays)),",
                "etcd's processor time a commit \(spent / Double(count) * 1000) ms in all members")
        }
    }

    /// Goal: how long after the death of the leader the first commit gets through, and by which means.
    @Test(arguments: [true, false]) func theLeaderDies(isHedged: Bool) async throws {
        var gaps: [Duration] = []
        var failures = 0
        for _ in 0..<10 {
            let cluster = try EtcdCluster(members: 3, arguments: ["--unsafe-no-fsync=false"])
            try await cluster.start()
            let store = cluster.store(deadline: .seconds(20), isHedged: isHedged)
            var revision = try #require(try await store.put("/k", "0", expecting: 0))
            let leader = try await cluster.leader()
            store.prefer(leader + 1)
            for number in 1...20 {
                revision = try #require(try await store.put("/k", "\(number)", expecting: revision))
            }
            cluster.signal(SIGKILL, to: leader)
            let killed = ContinuousClock.now
            do { _ = try await store.put("/k", "through", expecting: revision) } catch is CoordinationError {
                failures += 1
            }
            gaps.append(.now - killed)
        }
        print(
            "leader killed, \(isHedged ? "hedged" : "not hedged"): answered after \(text(gaps)),",
            "\(failures) of 10 by an error")
    }

    private func text(_ durations: [Duration]) -> String {
        let sorted = durations.sorted()
        func milliseconds(_ duration: Duration) -> String {
            String(format: "%.1f", Double(duration.nanoseconds) / 1_000_000)
        }
        let figures = [
            "median \(milliseconds(sorted[sorted.count / 2]))", "p99 \(milliseconds(sorted[sorted.count * 99 / 100]))",
            "maximum \(milliseconds(sorted.last ?? .zero)) ms",
        ]
        return figures.joined(separator: ", ")
    }
}

private actor Moments {
    private(set) var moments: [Int64: ContinuousClock.Instant] = [:]
    var count: Int { moments.count }
    func add(_ revision: Int64, _ moment: ContinuousClock.Instant) { moments[revision] = moment }
}
