internal import Glibc

/// Measures the host, from the files of /proc, under node_exporter's names.
///
/// What cannot be read is left out and says so in `node_scrape_collector_success`; nothing is made up.
package struct HostCollector: Sendable {
    private let procfs: String
    private let ticksPerSecond = Double(sysconf(Int32(_SC_CLK_TCK)))

    /// - Parameter procfs: where /proc lies.
    package init(procfs: String = "/proc") { self.procfs = procfs }

    /// - Parameter time: seconds since 1970, for `node_time_seconds`.
    package func collect(time: Double, into samples: inout SampleList) {
        samples.add("node_time_seconds", time)
        collect("cpu", "stat", into: &samples) {
            ProcessorStatistics.collect($0, ticksPerSecond: ticksPerSecond, into: &$1)
        }
        collect("meminfo", "meminfo", into: &samples) { MemoryStatistics.collect($0, into: &$1) }
        collect("loadavg", "loadavg", into: &samples) { LoadAverages.collect($0, into: &$1) }
        collect("netdev", "net/dev", into: &samples) { NetworkStatistics.collect($0, into: &$1) }
        collect("diskstats", "diskstats", into: &samples) { DiskStatistics.collect($0, into: &$1) }
        collect("filesystem", "self/mountinfo", into: &samples) {
            Filesystems.collect($0, usage: Filesystems.usage, into: &$1)
        }
        // Kernels without pressure stall information have no such files, and that is no fault.
        for resource in PressureStallInformation.resources {
            guard let text = text(of: "pressure/\(resource)") else { continue }
            PressureStallInformation.collect(text, resource: resource, into: &samples)
        }
    }

    private func collect(
        _ collector: String, _ file: String, into samples: inout SampleList,
        parse: (String, inout SampleList) -> Void
    ) {
        let text = text(of: file)
        if let text { parse(text, &samples) }
        samples.add("node_scrape_collector_success", text != nil, ["collector": collector])
    }

    private func text(of file: String) -> String? { SmallFile.text(at: "\(procfs)/\(file)") }
}
