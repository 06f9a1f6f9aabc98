/// `/proc/diskstats`: work of each block device. Source: the kernel's `admin-guide/iostats`.
///
/// Partitions, loop devices and RAM disks are left out, as node_exporter leaves them out.
package enum DiskStatistics {
    /// The unit of the kernel's sector counts, whatever the device's own sectors are.
    private static let bytesPerSector = 512.0

    /// The columns behind the device's name: what is counted, and how much one of the kernel's units is.
    private static let columns: [(metric: String, factor: Double)] = [
        ("reads_completed_total", 1), ("reads_merged_total", 1), ("read_bytes_total", bytesPerSector),
        ("read_time_seconds_total", 0.001), ("writes_completed_total", 1), ("writes_merged_total", 1),
        ("written_bytes_total", bytesPerSector), ("write_time_seconds_total", 0.001), ("io_now", 1),
        ("io_time_seconds_total", 0.001), ("io_time_weighted_seconds_total", 0.001),
        ("discards_completed_total", 1), ("discards_merged_total", 1), ("discarded_sectors_total", 1),
        ("discard_time_seconds_total", 0.001), ("flush_requests_total", 1),
        ("flush_requests_time_seconds_total", 0.001),
    ]

    package static func collect(_ text: String, into samples: inout SampleList) {
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            // Older kernels have fewer columns, none has fewer than eleven.
            guard words.count >= 3 + 11, !isLeftOut(words[2]) else { continue }
            let device = String(words[2])
            for (column, word) in zip(columns, words.dropFirst(3)) {
                guard let value = Double(word) else { continue }
                samples.add("node_disk_\(column.metric)", value * column.factor, ["device": device])
            }
        }
    }

    private static func isLeftOut(_ device: Substring) -> Bool {
        let stem = device.reversed().drop { $0.isASCII && $0.isNumber }
        let isNumbered = stem.count < device.count
        guard isNumbered else { return false }
        let name = String(stem.reversed())
        if ["ram", "zram", "loop", "fd"].contains(name) { return true }
        // sda1, hda1, vda1, xvda1: partitions of a disk without a number of its own.
        for family in ["sd", "hd", "vd", "xvd"] where name.hasPrefix(family) {
            let letters = name.dropFirst(family.count)
            if !letters.isEmpty, letters.allSatisfy({ $0.isASCII && $0.isLowercase }) { return true }
        }
        // nvme0n1p1 and mmcblk0p1: partitions of a disk that ends in a number.
        return name.hasSuffix("p") && (name.hasPrefix("nvme") || name.hasPrefix("mmcblk"))
    }
}
