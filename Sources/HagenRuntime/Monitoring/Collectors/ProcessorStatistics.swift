/// `/proc/stat`: the processors' time by mode, and counts of the whole system. Source: proc(5).
package enum ProcessorStatistics {
    private static let modes = ["user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal"]
    private static let totals: [(word: Substring, metric: String)] = [
        ("intr", "node_intr_total"), ("ctxt", "node_context_switches_total"), ("btime", "node_boot_time_seconds"),
        ("processes", "node_forks_total"), ("procs_running", "node_procs_running"),
        ("procs_blocked", "node_procs_blocked"),
    ]

    /// - Parameter ticksPerSecond: `sysconf(_SC_CLK_TCK)`.
    package static func collect(_ text: String, ticksPerSecond: Double, into samples: inout SampleList) {
        for line in text.split(separator: "\n") {
            // The line of interrupts has a number for each of thousands of sources; only the total is wanted.
            let words = line.split(separator: " ", maxSplits: 11)
            guard let name = words.first, words.count > 1 else { continue }
            if name.hasPrefix("cpu"), let cpu = Int(name.dropFirst(3)) {
                collect(processor: "\(cpu)", words.dropFirst().map { Double($0) }, ticksPerSecond, into: &samples)
            } else if let total = totals.first(where: { $0.word == name }), let value = Double(words[1]) {
                samples.add(total.metric, value)
            }
        }
    }

    private static func collect(
        processor: String, _ ticks: [Double?], _ ticksPerSecond: Double, into samples: inout SampleList
    ) {
        for (mode, value) in zip(modes, ticks) {
            guard let value else { continue }
            samples.add("node_cpu_seconds_total", value / ticksPerSecond, ["cpu": processor, "mode": mode])
        }
        // What guests used is part of user and nice too.
        for (mode, value) in zip(["user", "nice"], ticks.dropFirst(modes.count)) {
            guard let value else { continue }
            samples.add("node_cpu_guest_seconds_total", value / ticksPerSecond, ["cpu": processor, "mode": mode])
        }
    }
}
